package io.compressor.solver.allocate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KnapsackTableTest {
  static List<OptionCurve> curves(SplittableRandom random, int count, int options) {
    List<OptionCurve> curves = new ArrayList<>();
    for (int c = 0; c < count; c++) {
      List<Option> all = new ArrayList<>();
      for (int o = 0; o < options; o++) {
        all.add(
            new Option(
                random.nextInt(10) == 0 && o > 0
                    ? Double.POSITIVE_INFINITY
                    : random.nextDouble() - 0.1,
                random.nextInt(1, 100),
                random.nextDouble()));
      }
      curves.add(new OptionCurve("c" + c, all));
    }
    return curves;
  }

  /** Oracle: every combination. */
  static double best(List<OptionCurve> curves, Resource resource, int curve, double left) {
    if (curve == curves.size()) {
      return 0;
    }
    double least = Double.POSITIVE_INFINITY;
    for (Option o : curves.get(curve).options()) {
      if (resource.of(o) <= left) {
        least =
            Math.min(least, o.error() + best(curves, resource, curve + 1, left - resource.of(o)));
      }
    }
    return least;
  }

  @Test
  void equalsBruteForceOnTwoHundredSmallCases() {
    for (int seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<OptionCurve> curves = curves(random, 1 + random.nextInt(5), 1 + random.nextInt(5));
      double budget = random.nextInt(20, 400);
      double wanted = best(curves, Resource.BYTES, 0, budget);
      Optional<Allocation> found =
          KnapsackTable.of(curves, Resource.BYTES, budget, KnapsackTable.BUCKETS).within(budget);
      assertEquals(Double.isInfinite(wanted), found.isEmpty(), "seed " + seed);
      if (found.isPresent()) {
        assertEquals(wanted, found.get().error(), 1e-12, "seed " + seed);
        assertTrue(found.get().bytes() <= budget, "seed " + seed);
      }
    }
  }

  @Test
  void coarseBucketsNeverExceedTheBudgetAndMissNoneThatCanBeMet() {
    for (int seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<OptionCurve> curves = curves(random, 6, 5);
      double least = 0;
      for (OptionCurve curve : curves) {
        least +=
            curve.options().stream()
                .filter(o -> Double.isFinite(o.error()))
                .mapToDouble(Option::millis)
                .min()
                .orElseThrow();
      }
      double budget = least + random.nextDouble() * 2;
      Allocation found =
          KnapsackTable.of(curves, Resource.MILLIS, budget, 50).within(budget).orElseThrow();
      assertTrue(found.millis() <= budget, "seed " + seed);
      Allocation tight =
          KnapsackTable.of(curves, Resource.MILLIS, least, 7).within(least).orElseThrow();
      assertTrue(tight.millis() <= least, "seed " + seed);
      assertTrue(
          KnapsackTable.of(curves, Resource.MILLIS, least, 7).within(least * 0.999).isEmpty());
    }
  }

  @Test
  void finerBucketsComeCloseToTheBest() {
    double found = 0;
    double optimal = 0;
    for (int seed = 0; seed < 40; seed++) {
      List<OptionCurve> curves = curves(new SplittableRandom(seed), 5, 5);
      optimal += best(curves, Resource.MILLIS, 0, 3);
      found += KnapsackTable.of(curves, Resource.MILLIS, 3, 4096).within(3).orElseThrow().error();
    }
    assertEquals(optimal, found, 0.01 * Math.abs(optimal));
  }

  @Test
  void greedyIsNeverBetterAndClose() {
    double greedy = 0;
    double exact = 0;
    for (int seed = 0; seed < 60; seed++) {
      List<OptionCurve> curves = curves(new SplittableRandom(seed), 8, 6);
      double budget = 250 + seed;
      Allocation one = HullGreedy.within(curves, Resource.BYTES, budget).orElseThrow();
      Allocation best =
          KnapsackTable.of(curves, Resource.BYTES, budget, 4096).within(budget).orElseThrow();
      assertTrue(one.bytes() <= budget);
      assertTrue(best.error() <= one.error() + 1e-12);
      greedy += one.error();
      exact += best.error();
    }
    assertTrue(greedy - exact < 0.1 * 60, greedy + " against " + exact);
  }

  @Test
  void oneTableServesEveryBudgetAndItsFrontFalls() {
    List<OptionCurve> curves = curves(new SplittableRandom(5), 6, 5);
    KnapsackTable table = KnapsackTable.of(curves, Resource.BYTES, 600, 4096);
    for (int budget = 60; budget < 600; budget += 37) {
      Optional<Allocation> alone =
          KnapsackTable.of(curves, Resource.BYTES, budget, 4096).within(budget);
      assertEquals(alone.map(Allocation::error), table.within(budget).map(Allocation::error));
    }
    List<Allocation> front = table.front();
    for (int i = 1; i < front.size(); i++) {
      assertTrue(front.get(i).error() < front.get(i - 1).error());
      assertTrue(front.get(i).bytes() > front.get(i - 1).bytes());
    }
    assertEquals(front, ParetoFront.of(front, List.of(Allocation::error, a -> (double) a.bytes())));
  }

  @Test
  void workIsLinearInTheCurves() {
    long ten = steps(10);
    assertEquals(4 * ten, steps(40));
    assertEquals(16 * ten, steps(160));
  }

  private static long steps(int count) {
    return KnapsackTable.of(
            curves(new SplittableRandom(1), count, 9), Resource.MILLIS, 0.9 * count, 2048)
        .steps();
  }

  @Test
  void enoughForEverythingTakesTheLeastErrorsAndUntouchedCostsNothing() {
    List<OptionCurve> curves = new ArrayList<>();
    for (int c = 0; c < 5; c++) {
      curves.add(
          new OptionCurve(
              "c" + c, List.of(Option.of(0, 400), Option.of(0.5, 200), Option.of(2, 0))));
    }
    KnapsackTable table = KnapsackTable.of(curves, Resource.BYTES, 2000, 64);
    Allocation all = table.within(2000).orElseThrow();
    assertEquals(0.0, all.error());
    assertEquals(List.of(0, 0, 0, 0, 0), all.chosen());
    assertEquals(10.0, table.within(0).orElseThrow().error());
  }

  @Test
  void whatMakesNoDifferenceTakesTheCheapest() {
    List<OptionCurve> curves =
        List.of(
            new OptionCurve("idle", List.of(Option.of(0, 100), Option.of(0, 50), Option.of(0, 0))),
            new OptionCurve("busy", List.of(Option.of(0, 100), Option.of(1, 50))));
    assertEquals(
        List.of(2, 0),
        KnapsackTable.of(curves, Resource.BYTES, 190, 512).within(190).orElseThrow().chosen());
  }

  @Test
  void equalCurvesShareEvenly() {
    List<Option> convex = new ArrayList<>();
    for (int o = 0; o <= 20; o++) {
      convex.add(Option.of(Math.pow(o / 20.0, 2), 20 - o));
    }
    List<OptionCurve> curves = new ArrayList<>();
    for (int c = 0; c < 7; c++) {
      curves.add(new OptionCurve("c" + c, convex));
    }
    Allocation found = KnapsackTable.of(curves, Resource.BYTES, 73, 512).within(73).orElseThrow();
    assertEquals(73, found.bytes());
    found.chosen().forEach(o -> assertTrue(o == 9 || o == 10, found.chosen().toString()));
  }

  @Test
  void noCurvesNoCost() {
    assertEquals(
        0, KnapsackTable.of(List.of(), Resource.BYTES, 5, 9).within(5).orElseThrow().bytes());
  }

  @Test
  void optionsMustBeNumbers() {
    assertThrows(IllegalArgumentException.class, () -> Option.of(Double.NaN, 1));
    assertThrows(IllegalArgumentException.class, () -> Option.of(1, -1));
    assertThrows(IllegalArgumentException.class, () -> new Option(1, 1, Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> new OptionCurve("x", List.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> new OptionCurve("x", List.of(Option.of(Double.POSITIVE_INFINITY, 1))));
  }
}
