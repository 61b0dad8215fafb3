package io.compressor.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Engine;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MaskedGridTest {
  private static final int ROWS = 6;
  private static final int COLS = 24;

  @Test
  void whatGoesIsZeroAndTheOthersMakeUpForIt() {
    SplittableRandom random = new SplittableRandom(5);
    float[] w = noise(random, ROWS * COLS);
    boolean[] kept = new boolean[w.length];
    float[] left = w.clone();
    for (int i = 0; i < kept.length; i++) {
      kept[i] = i % 3 != 0;
      left[i] = kept[i] ? w[i] : 0;
    }
    Hessian h = correlated(random);
    QuantSpec spec = new QuantSpec(4, 0, true, false);
    Grid grid = GridFitter.PUBLISHED.fit(left, ROWS, COLS, spec, Engine.direct());
    QuantizedWeight rounded = RoundToNearest.quantize(left, grid);
    GptqResult solved =
        GptqSolver.solve(w, h, new MaskedGrid(grid, kept), GptqOptions.PUBLISHED, Engine.direct());
    float[] q = new QuantizedWeight(grid, solved.weight().codes()).dequantize();
    for (int i = 0; i < q.length; i++) {
      assertTrue(kept[i] || q[i] == 0, "weight " + i + " is " + q[i]);
    }
    OutputError error = OutputError.of(h, Engine.direct());
    assertTrue(
        error.relative(w, q) < 0.7 * error.relative(w, rounded.dequantize()),
        error.relative(w, q) + " against " + error.relative(w, rounded.dequantize()));
  }

  @Test
  void aMaskOfAnotherSizeIsRefused() {
    Grid grid =
        GridFitter.PUBLISHED.fit(
            new float[4], 2, 2, new QuantSpec(4, 0, true, false), Engine.direct());
    assertThrows(IllegalArgumentException.class, () -> new MaskedGrid(grid, new boolean[3]));
  }

  @Test
  void theNearestCodewordBecomesZero() {
    assertArrayEquals(
        new byte[] {-90, 0, 40, 127},
        new Codebook(new byte[] {-90, -30, 40, 127}).withZero().levels());
    Codebook has = new Codebook(new byte[] {-90, 0, 40});
    assertEquals(has, has.withZero());
  }

  private static float[] noise(SplittableRandom random, int n) {
    float[] w = new float[n];
    for (int i = 0; i < n; i++) {
      w[i] = (float) (random.nextDouble() + random.nextDouble() - 1);
    }
    return w;
  }

  /** Inputs of which neighbours are alike. */
  private static Hessian correlated(SplittableRandom random) {
    double[] h = new double[COLS * COLS];
    for (int s = 0; s < 200; s++) {
      double[] x = new double[COLS];
      for (int i = 0; i < COLS; i++) {
        x[i] = (i == 0 ? 0 : 0.9 * x[i - 1]) + random.nextDouble() - 0.5;
      }
      for (int i = 0; i < COLS; i++) {
        for (int j = 0; j < COLS; j++) {
          h[i * COLS + j] += x[i] * x[j];
        }
      }
    }
    return new Hessian(COLS, h, 200);
  }
}
