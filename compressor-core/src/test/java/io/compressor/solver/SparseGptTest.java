package io.compressor.solver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Engine;
import io.compressor.solver.prune.Ranking;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SparseGptTest {
  private static final int ROWS = 12;
  private static final int COLS = 200;

  private static Hessian hessian(Samples.Inputs kind, long seed) {
    double[] x = Samples.inputs(kind, 600, COLS, seed);
    double[] h = new double[COLS * COLS];
    for (int r = 0; r < 600; r++) {
      for (int i = 0; i < COLS; i++) {
        for (int j = 0; j < COLS; j++) {
          h[i * COLS + j] += x[r * COLS + i] * x[r * COLS + j] / 600;
        }
      }
    }
    return new Hessian(COLS, h, 600);
  }

  private static float[] prune(float[] w, boolean[] kept, Hessian h, int zeros) {
    return SparseGpt.prune(
        w, kept, GptqFactor.of(h, GptqOptions.PUBLISHED, Engine.direct()), zeros, Engine.direct());
  }

  private static boolean[] all() {
    boolean[] kept = new boolean[ROWS * COLS];
    Arrays.fill(kept, true);
    return kept;
  }

  private static int zeros(float[] w) {
    return (int) IntStream.range(0, w.length).filter(i -> w[i] == 0).count();
  }

  @Test
  void betterThanMagnitudeOnInputsThatHangTogether() {
    for (int seed = 0; seed < 4; seed++) {
      Hessian h = hessian(Samples.Inputs.CORRELATED, seed);
      float[] w = Samples.gaussian(ROWS * COLS, seed);
      OutputError error = OutputError.of(h, Engine.direct());
      for (double share : new double[] {0.3, 0.6, 0.9}) {
        int zeros = (int) (share * w.length);
        float[] pruned = prune(w, all(), h, zeros);
        boolean[] kept = Ranking.ofMagnitudes(w, all()).kept(zeros);
        float[] plain = w.clone();
        for (int i = 0; i < plain.length; i++) {
          plain[i] = kept[i] ? plain[i] : 0;
        }
        assertEquals(zeros, zeros(pruned));
        double part = error.relative(w, pruned) / error.relative(w, plain);
        assertTrue(part < (share > 0.8 ? 1 : 0.9), part + " at " + share);
      }
    }
  }

  @Test
  void nothingToCorrectWhereInputsAreIndependent() {
    double[] identity = new double[COLS * COLS];
    for (int i = 0; i < COLS; i++) {
      identity[i * COLS + i] = 1;
    }
    float[] w = Samples.gaussian(ROWS * COLS, 7);
    float[] pruned = prune(w, all(), new Hessian(COLS, identity, 100), 1200);
    for (int i = 0; i < w.length; i++) {
      assertTrue(pruned[i] == 0 || Math.abs(pruned[i] - w[i]) < 1e-6);
    }
  }

  @Test
  void noneGoWhenNoneShallAndWhatIsGoneStaysGone() {
    Hessian h = hessian(Samples.Inputs.CORRELATED, 1);
    float[] w = Samples.gaussian(ROWS * COLS, 1);
    float[] same = prune(w, all(), h, 0);
    for (int i = 0; i < w.length; i++) {
      assertEquals(w[i], same[i], 1e-6);
    }
    float[] once = prune(w, all(), h, 900);
    boolean[] kept = new boolean[w.length];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = once[i] != 0;
    }
    float[] twice = prune(once, kept, h, 1500);
    for (int i = 0; i < kept.length; i++) {
      assertTrue(kept[i] || twice[i] == 0);
    }
    assertEquals(1500, zeros(twice), 3);
  }
}
