package io.compressor.solver.lowrank;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GroupLassoTest {
  @Test
  void suffixes() {
    assertArrayEquals(
        new double[] {13, 12, 12}, GroupLasso.suffixNorms(new double[] {25, 0, 144}), 1e-12);
    assertEquals(37, GroupLasso.penalty(new double[] {25, 0, 144}), 1e-12);
    assertArrayEquals(
        new double[] {6, 2},
        GroupLasso.importance(new double[] {5, 4}, new double[] {3, 1}),
        1e-12);
  }

  @Test
  void importanceNeverRisesAndOneComponentIsLeft() {
    double[] i = GroupLasso.importance(new double[] {1, 0, 9, 0}, new double[] {2, 2, 0.5, 0});
    for (int k = 1; k < i.length; k++) {
      assertTrue(i[k] <= i[k - 1]);
    }
    assertEquals(3, GroupLasso.effectiveRank(i, 1e-6));
    assertEquals(1, GroupLasso.effectiveRank(new double[] {0, 0}, 1e-6));
  }

  /** No small change of the result makes ½‖a − x‖² + by Σ ‖x^{b:}‖ smaller. */
  @Test
  void theStepIsTheMinimiser() {
    SplittableRandom random = new SplittableRandom(1);
    for (int round = 0; round < 200; round++) {
      double[] a = new double[5];
      double[] squares = new double[5];
      for (int k = 0; k < 5; k++) {
        a[k] = random.nextGaussian();
        squares[k] = a[k] * a[k];
      }
      double by = random.nextDouble() * 0.8;
      double[] factor = GroupLasso.shrinkage(squares, by);
      double[] x = new double[5];
      for (int k = 0; k < 5; k++) {
        x[k] = factor[k] * a[k];
      }
      double least = objective(a, x, by);
      for (int t = 0; t < 50; t++) {
        double[] y = x.clone();
        y[random.nextInt(5)] += 1e-3 * random.nextGaussian();
        assertTrue(objective(a, y, by) >= least - 1e-12);
      }
    }
  }

  @Test
  void moreLambdaLeavesLess() {
    double[] squares = {9, 4, 1, 1, 0.25};
    double[] before = GroupLasso.shrinkage(squares, 0);
    for (double by = 0; by < 4; by += 0.1) {
      double[] now = GroupLasso.shrinkage(squares, by);
      for (int k = 0; k < 5; k++) {
        assertTrue(now[k] <= before[k] && now[k] >= 0);
      }
      before = now;
    }
    assertArrayEquals(new double[5], GroupLasso.shrinkage(squares, 10));
  }

  @Test
  void everyPairComesOnceARound() {
    PairSampler sampler = new PairSampler(new int[] {3, 1, 2}, 4);
    for (int round = 0; round < 3; round++) {
      Set<PairSampler.Pair> seen = new HashSet<>();
      for (int i = 0; i < 6; i++) {
        assertTrue(seen.add(sampler.next()));
      }
    }
    sampler.shrink(new int[] {1, 1, 1});
    List<PairSampler.Pair> left = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      left.add(sampler.next());
    }
    assertTrue(left.stream().allMatch(p -> p.rank() == 1));
    assertEquals(3, new HashSet<>(left).size());
  }

  private static double objective(double[] a, double[] x, double by) {
    double sum = 0;
    double[] squares = new double[x.length];
    for (int k = 0; k < x.length; k++) {
      sum += (a[k] - x[k]) * (a[k] - x[k]) / 2;
      squares[k] = x[k] * x[k];
    }
    return sum + by * GroupLasso.penalty(squares);
  }
}
