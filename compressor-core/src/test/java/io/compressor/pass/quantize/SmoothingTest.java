package io.compressor.pass.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.graph.Graphs;
import io.compressor.graph.Ort;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class SmoothingTest {
  @Test
  void dividedInputsTimesMultipliedWeightsAreTheSameProduct() {
    Model plain = product(Graphs.random("w", 1, 16, 8), false);
    float[] s = smoothing(0.5);
    float[] w = Graphs.random("w", 1, 16, 8).toFloats();
    for (int i = 0; i < w.length; i++) {
      w[i] *= s[i / 8];
    }
    Model smoothed = product(Tensor.ofFloats("w", new long[] {16, 8}, w), true);
    Ort.assertSame(plain, smoothed, 1e-5);
  }

  @Test
  void theGeometricMeanIsOne() {
    double logs = 0;
    for (float s : smoothing(0.5)) {
      logs += Math.log(s);
    }
    assertEquals(0, logs, 1e-4);
  }

  @Test
  void silentChannelsStayFiniteAndPositive() {
    double[] ranges = ranges();
    ranges[3] = 0;
    for (float s : Smoothing.vector(ranges, sites(), 0.5)) {
      assertTrue(s > 0 && Float.isFinite(s), "s = " + s);
    }
  }

  @Test
  void outliersAreDividedMore() {
    float[] s = smoothing(1);
    assertTrue(s[15] > s[0]);
    assertEquals(ranges()[15] / ranges()[0], s[15] / s[0], 1e-3);
  }

  private static float[] smoothing(double alpha) {
    return Smoothing.vector(ranges(), sites(), alpha);
  }

  private static double[] ranges() {
    double[] ranges = new double[16];
    for (int i = 0; i < ranges.length; i++) {
      ranges[i] = 1 + i;
    }
    return ranges;
  }

  private static List<Site> sites() {
    return SiteFinder.scan(product(Graphs.random("w", 1, 16, 8), false)).sites();
  }

  private static Model product(Tensor w, boolean divided) {
    Graphs graph = Graphs.graph().input("x", 4, 16).constant(w);
    if (divided) {
      graph.floats("s", smoothing(0.5)).node("Div", "d", List.of("x", "s"));
    }
    return graph.node("MatMul", "y", List.of(divided ? "d" : "x", "w")).output("y", 4, 8).model();
  }
}
