package io.compressor.pass.weights.learn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.recipe.JlcmOptions.Gradient;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The layer of papers on JLCM: 64 inputs, 32 outputs, rows of one scale. */
class CodeLearningTest {
  private static final int IN = 64;
  private static final int OUT = 32;
  private static final int ROWS = 256;

  private final double[] hessian = hessian();
  private final float[] w = gaussian(3, OUT * IN);

  @ParameterizedTest
  @ValueSource(ints = {4, 8})
  void proximalChoicesMoveToNeighboursAndTheDefaultJumps(int size) {
    assertEquals(1, meanJump(Gradient.NEIGHBOUR, size), 0);
    assertTrue(meanJump(Gradient.PROXIMAL, size) <= 1.2);
    assertTrue(meanJump(Gradient.SOFTMAX, size) > 1.5);
  }

  @ParameterizedTest
  @EnumSource(names = {"PROXIMAL", "NEIGHBOUR", "LATENT"})
  void theBestSeenIsBetterThanTheStartAndThanUniform(Gradient kind) {
    float[] table = table(4);
    byte[] codes = nearest(table);
    double start = loss(levels(codes, table));
    double best = run(kind, codes, table, 300).best();
    assertTrue(best < 0.95 * start, best + " of " + start);
    float[] even = {-1.5f, -0.5f, 0.5f, 1.5f};
    assertTrue(best < loss(levels(nearest(even), even)));
  }

  @Test
  void asManyCodewordsAsWeightsLoseNothing() {
    float[] few = w.clone();
    for (int i = 0; i < few.length; i++) {
      few[i] = Math.round(2 * few[i]) / 2f;
    }
    float[] distinct = sorted(few);
    byte[] codes = new byte[few.length];
    for (int i = 0; i < few.length; i++) {
      codes[i] = (byte) Arrays.binarySearch(distinct, few[i]);
    }
    LatentChoice choice = new LatentChoice(few, codes, distinct);
    choice.move(codes, distinct, new float[few.length], 0, few.length, 1, 1);
    float[] back = levels(codes, distinct);
    assertEquals(0, Arrays.mismatch(back, few) + 1, "first difference");
  }

  @Test
  void codewordsFollowTheSumOfTheirWeightsGradients() {
    float[] table = {-1, 0, 1};
    byte[] codes = {0, 1, 2, 2};
    float[] gradients = {1, 0, -2, -3};
    CodeChoice still = (c, t, g, from, count, rate, step) -> {};
    CodeLearning learning = new CodeLearning(codes, table, still, 0.1);
    float[] values = levels(codes, table);
    learning.update(values, gradients, 0, 4, 1, 1);
    learning.finish(1, 1);
    // Adam's first step is the sign of the gradient: a tenth of the gap against it.
    assertEquals(-1.1f, table[0], 1e-6);
    assertEquals(0, table[1], 1e-6);
    assertEquals(1.1f, table[2], 1e-6);
  }

  @Test
  void theTableIsTheOneThatTheLevelsShow() {
    float[] table = {-1, 0, 1};
    byte[] codes = {0, 1, 2, 2};
    CodeChoice still = (c, t, g, from, count, rate, step) -> {};
    CodeLearning learning = new CodeLearning(codes, table, still, 0.1);
    float[] values = levels(codes, table);
    for (int step = 1; step <= 3; step++) {
      learning.update(values, new float[] {1, 0, -2, -3}, 0, 4, 1, step);
      learning.finish(1, step);
      assertEquals(0, Arrays.mismatch(values, levels(codes, learning.table())) + 1);
    }
  }

  @Test
  void codewordsNeverChangeTheirOrder() {
    float[] table = {0, 0.1f, 1};
    byte[] codes = {0, 1, 2};
    CodeChoice still = (c, t, g, from, count, rate, step) -> {};
    CodeLearning learning = new CodeLearning(codes, table, still, 1);
    learning.update(levels(codes, table), new float[] {-1, 1, 0}, 0, 3, 1, 1);
    learning.finish(1, 1);
    assertEquals(0, table[0]);
    assertEquals(0.1f, table[1]);
  }

  @Test
  void aLatentLevelBeginsInItsOwnCell() {
    float[] table = {-1, 0, 1};
    byte[] codes = {0, 1, 2, 1};
    float[] far = {5, -5, -5, 0.2f};
    LatentChoice choice = new LatentChoice(far, codes, table);
    choice.move(codes, table, new float[4], 0, 4, 1, 1);
    assertEquals("[0, 1, 2, 1]", Arrays.toString(codes));
  }

  @Test
  void aCentredChoiceIsHalfAGapFromItsNeighbours() {
    float[] table = {-1, 0, 1};
    byte[] codes = {0, 1, 2, 1};
    float[] down = {1, 1, 1, -1};
    CodeChoice choice = CodeChoice.centred().of(new float[4], codes, table);
    choice.move(codes, table, down, 0, 4, 0.49, 1);
    assertEquals("[0, 1, 2, 1]", Arrays.toString(codes));
    choice.move(codes, table, down, 0, 4, 0.02, 2);
    assertEquals("[0, 0, 1, 2]", Arrays.toString(codes));
  }

  private record Run(double best, double jumps, long changes) {}

  private double meanJump(Gradient kind, int size) {
    float[] table = table(size);
    Run run = run(kind, nearest(table), table, 200);
    assertTrue(run.changes() > 20, kind + " changed " + run.changes());
    return run.jumps() / run.changes();
  }

  private Run run(Gradient kind, byte[] codes, float[] table, int steps) {
    CodeChoice choice =
        kind == Gradient.LATENT
            ? new LatentChoice(w, codes, table)
            : new LogitChoice(kind, codes, table.length);
    CodeLearning learning = new CodeLearning(codes, table, choice, 0.05);
    float[] values = levels(codes, table);
    double best = loss(values);
    double jumps = 0;
    long changes = 0;
    for (int step = 1; step <= steps; step++) {
      byte[] before = codes.clone();
      float[] gradients = gradients(values);
      learning.update(values, gradients, 0, values.length, 0.01, step);
      learning.finish(0.01, step);
      for (int i = 0; i < codes.length; i++) {
        int jump = Math.abs(codes[i] - before[i]);
        jumps += jump;
        changes += jump == 0 ? 0 : 1;
      }
      best = Math.min(best, loss(values));
    }
    return new Run(best, jumps, changes);
  }

  /** ‖(V − W) X‖², over its value for V = 0. */
  private double loss(float[] values) {
    float[] half = gradients(values);
    double sum = 0;
    double all = 0;
    float[] zero = gradients(new float[w.length]);
    for (int i = 0; i < w.length; i++) {
      sum += half[i] * (values[i] - w[i]);
      all += zero[i] * -w[i];
    }
    return sum / all;
  }

  /** (V − W) X Xᵀ. */
  private float[] gradients(float[] values) {
    float[] g = new float[w.length];
    for (int r = 0; r < OUT; r++) {
      for (int i = 0; i < IN; i++) {
        double sum = 0;
        for (int j = 0; j < IN; j++) {
          sum += (values[r * IN + j] - w[r * IN + j]) * hessian[j * IN + i];
        }
        g[r * IN + i] = (float) sum;
      }
    }
    return g;
  }

  /** Codewords at the middle of equally likely parts. */
  private float[] table(int size) {
    float[] all = w.clone();
    Arrays.sort(all);
    float[] table = new float[size];
    for (int k = 0; k < size; k++) {
      table[k] = all[(2 * k + 1) * all.length / (2 * size)];
    }
    return table;
  }

  private byte[] nearest(float[] table) {
    byte[] codes = new byte[w.length];
    for (int i = 0; i < w.length; i++) {
      for (int k = 1; k < table.length; k++) {
        if (Math.abs(table[k] - w[i]) < Math.abs(table[codes[i]] - w[i])) {
          codes[i] = (byte) k;
        }
      }
    }
    return codes;
  }

  private static float[] levels(byte[] codes, float[] table) {
    float[] values = new float[codes.length];
    for (int i = 0; i < codes.length; i++) {
      values[i] = table[codes[i]];
    }
    return values;
  }

  private static float[] sorted(float[] values) {
    float[] all = values.clone();
    Arrays.sort(all);
    int n = 0;
    for (int i = 0; i < all.length; i++) {
      if (i == 0 || all[i] != all[n - 1]) {
        all[n++] = all[i];
      }
    }
    return Arrays.copyOf(all, n);
  }

  /** XᵀX of inputs that share a factor, so that errors can make up for each other. */
  private static double[] hessian() {
    float[] x = gaussian(5, ROWS * IN);
    float[] shared = gaussian(6, ROWS);
    double[] h = new double[IN * IN];
    for (int r = 0; r < ROWS; r++) {
      for (int i = 0; i < IN; i++) {
        for (int j = 0; j < IN; j++) {
          h[i * IN + j] +=
              (x[r * IN + i] + shared[r]) * (double) (x[r * IN + j] + shared[r]) / ROWS;
        }
      }
    }
    return h;
  }

  private static float[] gaussian(long seed, int n) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] =
          (float)
              (Math.sqrt(-2 * Math.log(1 - random.nextDouble()))
                  * Math.cos(2 * Math.PI * random.nextDouble()));
    }
    return values;
  }
}
