package io.compressor.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Engine;
import io.compressor.engine.LocalEngine;
import io.compressor.error.CompressorException;
import io.compressor.ir.Attribute;
import io.compressor.ir.Bytes;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainerTest {
  private static final float[] TRUTH = {1.5f, -2, 0.5f, 3};
  private static final Model REGRESSION = regression();

  /** loss = mean (x·w − y)², x [n, 4], w [4, 1]. */
  private static Model regression() {
    List<Node> nodes =
        List.of(
            Node.of("MatMul", List.of("x", "w"), List.of("p")),
            Node.of("Sub", List.of("p", "y"), List.of("e")),
            Node.of("Mul", List.of("e", "e"), List.of("q")),
            Node.of("ReduceMean", List.of("q"), List.of("loss"), Attribute.of("keepdims", 0L)));
    Graph graph =
        new Graph(
            "g",
            nodes,
            Map.of("w", Tensor.ofFloats("w", new long[] {4, 1}, new float[4])),
            List.of(),
            List.of(Value.of("x", rows(4)), Value.of("y", rows(1))),
            List.of(new Value("loss", Optional.empty(), Bytes.empty())),
            List.of(),
            Bytes.empty());
    return Model.of(8, 18, graph);
  }

  private static TensorType rows(long columns) {
    return new TensorType(
        ElementType.FLOAT, Optional.of(List.of(new Dim.Named("n"), new Dim.Fixed(columns))));
  }

  private static Map<String, Tensor> batch(SplittableRandom random, int n) {
    float[] x = new float[4 * n];
    float[] y = new float[n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < 4; j++) {
        x[4 * i + j] = (float) random.nextDouble(-1, 1);
        y[i] += x[4 * i + j] * TRUTH[j];
      }
    }
    return Map.of(
        "x", Tensor.ofFloats("x", new long[] {n, 4}, x),
        "y", Tensor.ofFloats("y", new long[] {n, 1}, y));
  }

  private static Trainer open(Optimizer.Factory optimizer, double rate, Engine engine) {
    Tensor zero = Tensor.ofFloats("w", new long[] {4, 1}, new float[4]);
    return Trainer.open(
        REGRESSION, "loss", List.of(new Variable(zero, optimizer, rate)), Map.of(), engine);
  }

  static Stream<org.junit.jupiter.params.provider.Arguments> optimizers() {
    return Stream.of(
        org.junit.jupiter.params.provider.Arguments.of(Optimizer.sgd(0.9, 0), 0.1),
        org.junit.jupiter.params.provider.Arguments.of(Optimizer.adamW(0), 0.1),
        org.junit.jupiter.params.provider.Arguments.of(Optimizer.sign(), 0.05));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void findsTheTruth(Optimizer.Factory optimizer, double rate) {
    SplittableRandom random = new SplittableRandom(17);
    try (Trainer trainer = open(optimizer, rate, Engine.direct())) {
      for (int i = 0; i < 400; i++) {
        trainer.step(batch(random, 16), Schedule.linear().factor(i / 400.0));
      }
      assertArrayEquals(TRUTH, trainer.values("w"), 0.02f);
    }
  }

  @Test
  void sameBitsAtAnyNumberOfThreads() {
    List<float[]> found = new ArrayList<>();
    for (int threads = 1; threads <= 2; threads++) {
      SplittableRandom random = new SplittableRandom(17);
      try (Engine engine = new LocalEngine(threads);
          Trainer trainer = open(Optimizer.adamW(0.01), 0.1, engine)) {
        for (int i = 0; i < 20; i++) {
          trainer.step(batch(random, 7), 1);
        }
        found.add(trainer.values("w"));
      }
    }
    assertArrayEquals(found.get(0), found.get(1), 0);
  }

  @Test
  void aLossThatIsNotFiniteChangesNothingAndEndsTheRunAtTen() {
    SplittableRandom random = new SplittableRandom(17);
    try (Trainer trainer = open(Optimizer.sgd(0, 0), 0.1, Engine.direct())) {
      trainer.step(batch(random, 4), 1);
      float[] before = trainer.values("w");
      float[] bad = new float[4];
      Arrays.fill(bad, Float.NaN);
      Map<String, Tensor> broken =
          Map.of(
              "x", Tensor.ofFloats("x", new long[] {1, 4}, bad),
              "y", Tensor.ofFloats("y", new long[] {1, 1}, new float[1]));
      for (int i = 0; i < 9; i++) {
        assertTrue(Double.isNaN(trainer.step(broken, 1)));
      }
      assertArrayEquals(before, trainer.values("w"), 0);
      assertEquals(9, trainer.failures());
      CompressorException e =
          assertThrows(CompressorException.class, () -> trainer.step(broken, 1));
      assertTrue(e.getMessage().contains("10 steps in a row"), e.getMessage());
    }
  }

  /** √ has no finite slope at 0: the loss is finite, the gradient is not. */
  @Test
  void aGradientThatIsNotFiniteChangesNothing() {
    Graph graph =
        new Graph(
            "g",
            List.of(
                Node.of("Sqrt", List.of("w"), List.of("r")),
                Node.of("ReduceSum", List.of("r"), List.of("loss"), Attribute.of("keepdims", 0L))),
            Map.of("w", Tensor.ofFloats("w", new long[] {2}, new float[2])),
            List.of(),
            List.of(),
            List.of(new Value("loss", Optional.empty(), Bytes.empty())),
            List.of(),
            Bytes.empty());
    Tensor start = Tensor.ofFloats("w", new long[] {2}, new float[] {0, 1});
    Variable w = new Variable(start, Optimizer.sgd(0, 0), 0.1);
    try (Trainer trainer =
        Trainer.open(Model.of(8, 18, graph), "loss", List.of(w), Map.of(), Engine.direct())) {
      assertTrue(Double.isNaN(trainer.step(Map.of(), 1)));
      assertArrayEquals(new float[] {0, 1}, trainer.values("w"));
      assertEquals(1, trainer.failures());
    }
  }

  @Test
  void bestValuesCanBeSetAgain() {
    SplittableRandom random = new SplittableRandom(17);
    Map<String, Tensor> batch = batch(random, 8);
    try (Trainer trainer = open(Optimizer.sgd(0, 0), 0.1, Engine.direct())) {
      double first = trainer.loss(batch);
      float[] start = trainer.values("w");
      trainer.step(batch, 1);
      assertTrue(trainer.loss(batch) < first);
      trainer.set("w", start);
      assertEquals(first, trainer.loss(batch));
    }
  }

  @Test
  void aLookHasTheLossThatAStepHas() {
    SplittableRandom random = new SplittableRandom(17);
    try (Trainer trainer = open(Optimizer.adamW(0), 0.1, Engine.direct())) {
      for (int i = 0; i < 5; i++) {
        Map<String, Tensor> batch = batch(random, 16);
        double seen = trainer.loss(batch);
        assertEquals(trainer.step(batch, 1), seen, 1e-6 * seen, "step " + i);
        assertTrue(trainer.loss(batch) != seen, "a look sees what the step changed");
      }
    }
  }

  /** Parts of the same size: their mean is the batch's. */
  @Test
  void aBatchInPartsIsABatch() {
    Map<String, Tensor> whole = batch(new SplittableRandom(17), 12);
    List<Map<String, Tensor>> parts = new ArrayList<>();
    for (int p = 0; p < 3; p++) {
      float[] x =
          Arrays.copyOfRange(
              whole.getOrDefault("x", Tensor.scalar("x", 0)).toFloats(), 16 * p, 16 * p + 16);
      float[] y =
          Arrays.copyOfRange(
              whole.getOrDefault("y", Tensor.scalar("y", 0)).toFloats(), 4 * p, 4 * p + 4);
      parts.add(
          Map.of(
              "x", Tensor.ofFloats("x", new long[] {4, 4}, x),
              "y", Tensor.ofFloats("y", new long[] {4, 1}, y)));
    }
    Tensor zero = Tensor.ofFloats("w", new long[] {4, 1}, new float[4]);
    List<Variable> w = List.of(new Variable(zero, Optimizer.sgd(0, 0), 0.1));
    try (Engine engine = new LocalEngine(2);
        Trainer once = Trainer.open(REGRESSION, "loss", w, Map.of(), Engine.direct());
        Trainer thrice = Trainer.sideBySide(REGRESSION, "loss", w, engine)) {
      for (int i = 0; i < 5; i++) {
        assertEquals(once.loss(whole), thrice.loss(parts), 1e-6);
        assertEquals(once.step(whole, 1), thrice.step(parts, 1), 1e-6);
        assertArrayEquals(once.values("w"), thrice.values("w"), 1e-6f);
      }
    }
  }
}
