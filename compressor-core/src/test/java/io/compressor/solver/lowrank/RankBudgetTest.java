package io.compressor.solver.lowrank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RankBudgetTest {
  @Test
  void factorsAreUsefulWhileTheyAreSmaller() {
    assertEquals(4, Factors.largestUseful(10, 10));
    assertEquals(0, Factors.largestUseful(1, 50));
    for (int out = 1; out < 40; out++) {
      for (int in = 1; in < 40; in++) {
        int most = Factors.largestUseful(out, in);
        assertTrue(most * (out + in) < out * in || most == 0);
        assertTrue((most + 1) * (out + in) >= out * in);
      }
    }
  }

  @Test
  void candidatesAreUsefulAndEndWithTheWeight() {
    assertEquals(List.of(1, 2, 3, 4, 10), RankCurve.candidates(10, 10));
    assertEquals(List.of(1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 40), RankCurve.candidates(40, 40));
    assertEquals(List.of(1), RankCurve.candidates(1, 30));
  }

  /** Against all combinations. */
  @Test
  void theBudgetHoldsAndIsSpentAlmostAsWellAsCanBe() {
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 60; round++) {
      List<RankCurve> curves = curves(random, 3);
      long floor = RankBudget.floor(curves);
      long whole = RankBudget.whole(curves);
      long most = floor + (long) (random.nextDouble() * (whole - floor));
      List<Integer> ranks = RankBudget.within(curves, most).orElseThrow();
      assertTrue(RankBudget.parameters(curves, ranks) <= most);
      double best = best(curves, 0, most);
      assertTrue(error(curves, ranks) <= 1.6 * best + 0.15, error(curves, ranks) + " of " + best);
      assertEquals(Optional.empty(), RankBudget.within(curves, floor - 1));
    }
  }

  @Test
  void energyAndOneRankForAll() {
    RankCurve c = RankCurve.of(10, 10, new double[] {1, .5, .2, .1, .05, .01, 0, 0, 0, 0, 0});
    assertEquals(List.of(2), RankBudget.losing(List.of(c), 0.2));
    assertEquals(List.of(10), RankBudget.losing(List.of(c), 0.01));
    assertEquals(List.of(3), RankBudget.same(List.of(c), 3));
    assertEquals(List.of(10), RankBudget.same(List.of(c), 5));
  }

  @Test
  void statesAreNestedSmallerAndWorse() {
    List<RankCurve> curves = curves(new SplittableRandom(5), 4);
    List<NestedRanks.State> states = NestedRanks.of(curves);
    assertEquals(RankBudget.whole(curves), states.get(0).parameters());
    assertEquals(RankBudget.floor(curves), states.get(states.size() - 1).parameters());
    Set<List<Integer>> seen = new HashSet<>();
    for (int i = 1; i < states.size(); i++) {
      NestedRanks.State a = states.get(i - 1);
      NestedRanks.State b = states.get(i);
      assertTrue(b.parameters() < a.parameters() && b.error() >= a.error());
      for (int w = 0; w < 4; w++) {
        assertTrue(b.ranks().get(w) <= a.ranks().get(w));
      }
      assertTrue(seen.add(b.ranks()));
    }
  }

  @Test
  void curvesGoThroughWhatWasMeasured() {
    RankCurve c = RankCurve.through(40, 40, new int[] {1, 4, 16}, new double[] {1, 0.01, 0.02});
    assertEquals(1, c.errors().get(0), 1e-12);
    assertEquals(0.01, c.errors().get(3), 1e-12);
    assertEquals(0.01, c.errors().get(c.ranks().indexOf(16)), 1e-12);
    assertEquals(Math.pow(10, -2 / 3.0), c.errors().get(1), 1e-12);
    assertEquals(0, c.errors().get(c.ranks().size() - 1));
  }

  @Test
  void lambdaIsHalvedWhileTheModelFits() {
    List<Double> tried = new ArrayList<>();
    Optional<Double> found =
        LambdaSearch.halving(
            8.0,
            10,
            l -> {
              tried.add(l);
              return l;
            },
            l -> (long) (100 / l),
            50);
    assertEquals(Optional.of(2.0), found);
    assertEquals(List.of(8.0, 4.0, 2.0, 1.0), tried);
    assertEquals(Optional.empty(), LambdaSearch.halving(1.0, 5, l -> l, l -> 100L, 50));
  }

  private static List<RankCurve> curves(SplittableRandom random, int count) {
    List<RankCurve> curves = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int out = 6 + random.nextInt(10);
      int in = 6 + random.nextInt(10);
      double[] tails = new double[Math.min(out, in) + 1];
      for (int k = tails.length - 2; k >= 0; k--) {
        tails[k] = tails[k + 1] + random.nextDouble();
      }
      curves.add(RankCurve.of(out, in, tails));
    }
    return curves;
  }

  private static double error(List<RankCurve> curves, List<Integer> ranks) {
    double sum = 0;
    for (int i = 0; i < curves.size(); i++) {
      sum += curves.get(i).errors().get(curves.get(i).ranks().indexOf(ranks.get(i)));
    }
    return sum;
  }

  private static double best(List<RankCurve> curves, int from, long left) {
    if (from == curves.size()) {
      return left >= 0 ? 0 : Double.POSITIVE_INFINITY;
    }
    double best = Double.POSITIVE_INFINITY;
    RankCurve c = curves.get(from);
    for (int o = 0; o < c.ranks().size() && left >= 0; o++) {
      best = Math.min(best, c.errors().get(o) + best(curves, from + 1, left - c.parameters(o)));
    }
    return best;
  }
}
