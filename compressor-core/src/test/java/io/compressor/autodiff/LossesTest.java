package io.compressor.autodiff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.compressor.error.CompressorException;
import io.compressor.ir.Bytes;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Against the definitions, and the gradients against central differences. */
class LossesTest {
  private static final int ROWS = 6;
  private static final int COLUMNS = 4;
  private final SplittableRandom random = new SplittableRandom(3);
  private final double[] x = normal();
  private final double[] other = normal();
  private final double[] mask = {1, 0, 1, 1, 0, 1};
  private final double[] all = {1, 1, 1, 1, 1, 1};
  private final long[] labels = {0, 3, 1, -1, 2, -100};

  private double[] normal() {
    return random.doubles(ROWS * COLUMNS, -2, 2).toArray();
  }

  private static Model identity() {
    List<Dim> dims = List.of(new Dim.Named("n"), new Dim.Named("s"), new Dim.Fixed(COLUMNS));
    Value in = Value.of("x", new TensorType(ElementType.DOUBLE, Optional.of(dims)));
    Node same = Node.of("Identity", List.of("x"), List.of("y"));
    Value out = new Value("y", Optional.empty(), Bytes.empty());
    return Model.of(
        8,
        18,
        new Graph(
            "g",
            List.of(same),
            Map.of(),
            List.of(),
            List.of(in),
            List.of(out),
            List.of(),
            Bytes.empty()));
  }

  private void check(double expected, Function<LossGraph, String> loss) {
    LossGraph graph = LossGraph.of(identity(), "y");
    graph.target("t");
    graph.mask("m");
    graph.labels("l");
    LossModel model = graph.loss(loss.apply(graph));
    GradientModel gradients = Gradients.of(model.model(), model.loss(), List.of("x"));
    try (RuntimeSession session =
        RuntimeSession.open(gradients.model(), SessionSettings.withThreads(1))) {
      Map<String, Tensor> found = session.run(feeds(x));
      assertEquals(expected, value(found.get(model.loss())), 1e-12);
      double[] differences = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        double up = value(session.run(feeds(moved(i, 1e-5))).get(model.loss()));
        double down = value(session.run(feeds(moved(i, -1e-5))).get(model.loss()));
        differences[i] = (up - down) / 2e-5;
      }
      assertArrayEquals(differences, doubles(found.get(gradients.gradient("x"))), 1e-9);
    }
  }

  private double[] moved(int i, double by) {
    double[] copy = x.clone();
    copy[i] += by;
    return copy;
  }

  private Map<String, Tensor> feeds(double[] at) {
    return Map.of(
        "x", Tensor.ofDoubles("x", new long[] {2, 3, COLUMNS}, at),
        "t", Tensor.ofDoubles("t", new long[] {2, 3, COLUMNS}, other),
        "m", Tensor.ofDoubles("m", new long[] {2, 3}, mask),
        "l", Tensor.ofLongs("l", new long[] {2, 3}, labels));
  }

  private static double value(Tensor scalar) {
    assertEquals(0, scalar.rank());
    return doubles(scalar)[0];
  }

  private static double[] doubles(Tensor tensor) {
    java.nio.DoubleBuffer from =
        tensor.data().buffer().order(java.nio.ByteOrder.LITTLE_ENDIAN).asDoubleBuffer();
    double[] values = new double[from.remaining()];
    from.get(values);
    return values;
  }

  private static double mean(double[] weights, java.util.function.IntToDoubleFunction row) {
    double sum = 0;
    double count = 0;
    for (int r = 0; r < ROWS; r++) {
      sum += weights[r] * row.applyAsDouble(r);
      count += weights[r];
    }
    return sum / count;
  }

  private static double[] row(double[] values, int r, double temperature) {
    double[] row = new double[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
      row[i] = values[r * COLUMNS + i] / temperature;
    }
    return row;
  }

  private static double[] logSoftmax(double[] row) {
    double sum = 0;
    for (double v : row) {
      sum += Math.exp(v);
    }
    double log = Math.log(sum);
    return java.util.Arrays.stream(row).map(v -> v - log).toArray();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private double squares(int r) {
    double sum = 0;
    for (int i = r * COLUMNS; i < (r + 1) * COLUMNS; i++) {
      sum += (x[i] - other[i]) * (x[i] - other[i]) / COLUMNS;
    }
    return sum;
  }

  private double divergence(int r, double temperature) {
    double[] p = logSoftmax(row(other, r, temperature));
    double[] q = logSoftmax(row(x, r, temperature));
    double sum = 0;
    for (int i = 0; i < COLUMNS; i++) {
      sum += Math.exp(p[i]) * (p[i] - q[i]);
    }
    return sum * temperature * temperature;
  }

  private double angle(int r) {
    double[] a = row(x, r, 1);
    double[] b = row(other, r, 1);
    return 1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  }

  @Test
  void squaredError() {
    check(mean(all, this::squares), g -> Losses.mse(g.tape(), "y", "t"));
    check(mean(mask, this::squares), g -> Losses.mse(g.tape(), "y", "t", "m"));
  }

  @Test
  void crossEntropyLeavesOutNegativeLabels() {
    double[] labelled = java.util.Arrays.stream(labels).mapToDouble(l -> l >= 0 ? 1 : 0).toArray();
    double expected =
        mean(labelled, r -> labels[r] < 0 ? 0 : -logSoftmax(row(x, r, 1))[(int) labels[r]]);
    check(expected, g -> Losses.crossEntropy(g.tape(), "y", "l"));
  }

  @Test
  void distillation() {
    check(mean(all, r -> divergence(r, 1)), g -> Losses.kl(g.tape(), "y", "t", 1));
    check(mean(mask, r -> divergence(r, 2.5)), g -> Losses.kl(g.tape(), "y", "t", 2.5, "m"));
    assertThrows(
        IllegalArgumentException.class,
        () -> Losses.kl(LossGraph.of(identity(), "y").tape(), "y", "y", 0));
  }

  @Test
  void cosine() {
    check(mean(all, this::angle), g -> Losses.cosine(g.tape(), "y", "t"));
    check(mean(mask, this::angle), g -> Losses.cosine(g.tape(), "y", "t", "m"));
  }

  @Test
  void namesAreChecked() {
    assertEquals(
        "z", assertThrows(CompressorException.class, () -> LossGraph.of(identity(), "z")).where());
    LossGraph graph = LossGraph.of(identity(), "y");
    assertEquals("x", assertThrows(CompressorException.class, () -> graph.labels("x")).where());
    graph.target("t");
    assertThrows(CompressorException.class, () -> graph.mask("t"));
  }
}
