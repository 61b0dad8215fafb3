package io.compressor.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KMeans1dTest {
  private static double error(double[] v, double[] w, double[] centers) {
    double sum = 0;
    for (int i = 0; i < v.length; i++) {
      double best = Double.POSITIVE_INFINITY;
      for (double c : centers) {
        best = Math.min(best, (v[i] - c) * (v[i] - c));
      }
      sum += w[i] * best;
    }
    return sum;
  }

  /** Every way to cut sorted values into k runs. */
  private static double exhaustive(double[] v, double[] w, int from, int k) {
    double best = Double.POSITIVE_INFINITY;
    for (int end = k == 1 ? v.length : from + 1; end <= v.length - (k - 1); end++) {
      double mass = 0;
      double moment = 0;
      for (int i = from; i < end; i++) {
        mass += w[i];
        moment += w[i] * v[i];
      }
      double sum = 0;
      for (int i = from; i < end; i++) {
        sum += w[i] * Math.pow(v[i] - moment / mass, 2);
      }
      best = Math.min(best, sum + (k == 1 ? 0 : exhaustive(v, w, end, k - 1)));
    }
    return best;
  }

  @Test
  void centresAreOptimal() {
    SplittableRandom random = new SplittableRandom(1);
    for (int trial = 0; trial < 60; trial++) {
      double[] v = random.doubles(12, -5, 5).sorted().toArray();
      double[] w = random.doubles(12, 0.1, 3).toArray();
      int k = 1 + trial % 5;
      KMeans1d.Clusters found = KMeans1d.cluster(v, w, k);
      double best = exhaustive(v, w, 0, k);
      assertEquals(best, found.error(), 1e-10);
      assertEquals(best, error(v, w, found.centers()), 1e-10);
      assertEquals(k, found.centers().length);
    }
  }

  @Test
  void asManyCentresAsDistinctValuesLoseNothing() {
    double[] v = {3, 1, 3, 2, 1, 7};
    double[] w = {1, 1, 1, 1, 1, 0};
    KMeans1d.Clusters found = KMeans1d.cluster(v, w, 3);
    assertArrayEquals(new double[] {1, 2, 3}, found.centers());
    assertEquals(0, found.error());
    assertEquals(3, KMeans1d.cluster(v, w, 16).centers().length);
    assertEquals(0, KMeans1d.cluster(new double[0], new double[0], 2).centers().length);
  }

  @Test
  void aLargeOffsetDoesNotSpoilTheDigits() {
    double[] v = {1e8, 1e8 + 1, 1e8 + 10, 1e8 + 11};
    double[] w = {1, 1, 1, 1};
    assertArrayEquals(
        new double[] {1e8 + 0.5, 1e8 + 10.5}, KMeans1d.cluster(v, w, 2).centers(), 1e-6);
  }

  @Test
  void binsComeCloseToTheExactOptimum() {
    SplittableRandom random = new SplittableRandom(2);
    double[] v = new double[2000];
    for (int i = 0; i < v.length; i++) {
      v[i] = random.nextGaussian();
    }
    double[] w = new double[v.length];
    Arrays.fill(w, 1);
    double exact = KMeans1d.cluster(v, w, 8).error();
    double binned = error(v, w, KMeans1d.binned(v, w, 8, 4096).centers());
    assertTrue(binned <= exact * 1.001, binned + " vs " + exact);
  }

  @Test
  void badInputIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> KMeans1d.cluster(new double[] {1}, new double[] {1}, 0));
    assertThrows(
        IllegalArgumentException.class, () -> KMeans1d.cluster(new double[] {1}, new double[0], 1));
  }
}
