package io.compressor.pass.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.graph.Graphs;
import io.compressor.graph.Ort;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.ChannelRanges;
import io.compressor.statistics.Moments;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InputSmoothingTest {
  private static final int N = 16;

  @Test
  void dividedInputsTimesMultipliedWeightsAreTheSameProduct() {
    float[] s = smoothing(0.5, 100).orElseThrow();
    Model plain = product(Graphs.random("w", 1, N, 8), Optional.empty());
    float[] w = Graphs.random("w", 1, N, 8).toFloats();
    for (int i = 0; i < w.length; i++) {
      w[i] *= s[i / 8];
    }
    Tensor scaled = Tensor.ofFloats("w", new long[] {N, 8}, w);
    Ort.assertSame(plain, product(scaled, Optional.of(s)), 1e-5);
  }

  @Test
  void anOutlierChannelIsDividedByAsMuchAsItSticksOut() {
    float[] s = smoothing(1, 100).orElseThrow();
    assertEquals(100, s[N - 1] / s[0], 0.1);
  }

  @Test
  void equalChannelsAreLeftAlone() {
    assertTrue(smoothing(0.5, 1).isEmpty());
  }

  @Test
  void silentChannelsStayFiniteAndPositive() {
    for (float s : smoothing(0.5, 100, 0).orElseThrow()) {
      assertTrue(s > 0 && Float.isFinite(s), "s = " + s);
    }
  }

  @Test
  void nothingObservedMeansNoDivision() {
    ActivationStatistics none =
        new ActivationStatistics(Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), List.of());
    assertTrue(new InputSmoothing(0.5, none).of("x", sites()).isEmpty());
  }

  private static Optional<float[]> smoothing(double alpha, double outlier) {
    return smoothing(alpha, outlier, 1);
  }

  /** Channels in [-1, 1], but the last, and one of another size. */
  private static Optional<float[]> smoothing(double alpha, double last, double third) {
    double[] max = new double[N];
    double[] min = new double[N];
    double[] products = new double[N * N];
    for (int i = 0; i < N; i++) {
      max[i] = i == N - 1 ? last : i == 3 ? third : 1;
      min[i] = -max[i];
      products[i * N + i] = i == N - 1 ? 10 : max[i] * max[i] / 3;
    }
    ActivationStatistics seen =
        new ActivationStatistics(
            Map.of(),
            Map.of("x", new ChannelRanges(min, max, new double[N], 1)),
            Map.of("x", new Moments(1, N, products, new double[N], 1, 1)),
            Map.of(),
            Map.of(),
            List.of());
    return new InputSmoothing(alpha, seen).of("x", sites());
  }

  private static List<Site> sites() {
    return SiteFinder.scan(product(Graphs.random("w", 1, N, 8), Optional.empty())).sites();
  }

  private static Model product(Tensor w, Optional<float[]> divisor) {
    Graphs graph = Graphs.graph().input("x", 4, N).constant(w);
    divisor.ifPresent(s -> graph.floats("s", s).node("Div", "d", List.of("x", "s")));
    return graph
        .node("MatMul", "y", List.of(divisor.isPresent() ? "d" : "x", "w"))
        .output("y", 4, 8)
        .model();
  }
}
