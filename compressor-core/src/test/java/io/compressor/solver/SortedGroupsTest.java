package io.compressor.solver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SortedGroupsTest {
  /** Whatever was asked before, and whatever the sign, the error is that of a search by hand. */
  @Test
  void errorIsThatOfTheNearestLevelOfEachWeight() {
    Random random = new Random(5);
    for (int round = 0; round < 200; round++) {
      int cols = 1 + random.nextInt(90);
      int group = 1 + random.nextInt(cols);
      byte[] levels = levels(random, 2 + random.nextInt(15));
      double[] h = random.nextBoolean() ? null : random.doubles(cols, 0, 3).toArray();
      float[] w = new float[3 + cols];
      for (int i = 0; i < w.length; i++) {
        w[i] = random.nextInt(5) == 0 ? random.nextInt(3) - 1 : (float) random.nextGaussian();
      }
      SortedGroups sorted = new SortedGroups(w, 3, cols, group, h);
      for (int trial = 0; trial < 20; trial++) {
        int g = random.nextInt((cols + group - 1) / group);
        double unit = random.nextGaussian() / 50;
        double expected = 0;
        double scale = 0;
        for (int c = g * group; c < Math.min(cols, (g + 1) * group); c++) {
          double e = nearest(w[3 + c], levels, unit) * (h == null ? 1 : h[c]);
          expected += e;
          scale += w[3 + c] * w[3 + c] * (h == null ? 1 : h[c]);
        }
        assertEquals(
            expected,
            sorted.error(g, levels, 0, levels.length, unit),
            1e-12 * (scale + expected) + 1e-300);
      }
    }
  }

  @Test
  void weightsOnTheGridCostNothing() {
    float[] w = {-1, 0.5f, 0, 1, 0.5f, -0.5f};
    SortedGroups sorted = new SortedGroups(w, 0, 6, 6, null);
    assertEquals(0, sorted.error(0, new byte[] {-2, -1, 0, 1, 2}, 0, 5, 0.5));
    assertEquals(-1, sorted.smallest(0));
    assertEquals(1, sorted.largest(0));
    assertTrue(sorted.error(0, new byte[] {-2, -1, 0, 1, 2}, 0, 5, 0.4) > 0);
  }

  private static double nearest(double w, byte[] levels, double unit) {
    double best = Double.POSITIVE_INFINITY;
    for (byte level : levels) {
      best = Math.min(best, (w - level * unit) * (w - level * unit));
    }
    return best;
  }

  private static byte[] levels(Random random, int size) {
    byte[] levels = new byte[size];
    int at = -60 - random.nextInt(60);
    for (int i = 0; i < size; i++) {
      levels[i] = (byte) at;
      at += 1 + random.nextInt(12);
    }
    return levels;
  }
}
