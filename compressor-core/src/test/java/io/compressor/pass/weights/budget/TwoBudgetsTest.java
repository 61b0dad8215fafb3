package io.compressor.pass.weights.budget;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.solver.allocate.Allocation;
import io.compressor.solver.allocate.Option;
import io.compressor.solver.allocate.OptionCurve;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TwoBudgetsTest {
  /** Against all 5⁵ choices: one limit is met as well as can be, two within a little of it. */
  @Test
  void nothingWithinTheLimitsIsMuchBetter() {
    SplittableRandom random = new SplittableRandom(3);
    double found = 0;
    double best = 0;
    for (int trial = 0; trial < 30; trial++) {
      List<OptionCurve> curves = curves(random);
      double bytes = random.nextDouble(1500, 3000);
      double millis = random.nextDouble(1.5, 3.5);
      assertEquals(
          brute(curves, bytes, Double.POSITIVE_INFINITY),
          error(TwoBudgets.within(curves, bytes, Double.POSITIVE_INFINITY)),
          1e-9);
      double limit = brute(curves, bytes, millis);
      Optional<Allocation> both = TwoBudgets.within(curves, bytes, millis);
      if (both.isPresent()) {
        assertTrue(both.get().bytes() <= bytes && both.get().millis() <= millis + 1e-9);
        assertTrue(both.get().error() >= limit - 1e-9);
        found += both.get().error();
        best += limit;
      }
      assertTrue(both.isPresent() || Double.isInfinite(limit) || limit > 2, "missed " + limit);
    }
    assertTrue(found <= 1.1 * best, found + " against " + best);
  }

  @Test
  void whatCannotBeMetIsEmpty() {
    List<OptionCurve> one =
        List.of(new OptionCurve("a", List.of(new Option(0, 100, 1), new Option(1, 10, 2))));
    assertTrue(TwoBudgets.within(one, 5, Double.POSITIVE_INFINITY).isEmpty());
    assertTrue(TwoBudgets.within(one, 50, 1).isEmpty());
    assertTrue(TwoBudgets.within(one, -1, 1).isEmpty());
    assertEquals(1, error(TwoBudgets.within(one, 50, 2)), 0);
  }

  private static List<OptionCurve> curves(SplittableRandom random) {
    List<OptionCurve> curves = new ArrayList<>();
    for (int c = 0; c < 5; c++) {
      List<Option> options = new ArrayList<>(List.of(new Option(0, 1000, 1)));
      for (int o = 1; o < 5; o++) {
        options.add(
            new Option(random.nextDouble(), random.nextInt(50, 900), random.nextDouble(0.1, 1.2)));
      }
      curves.add(new OptionCurve("c" + c, options));
    }
    return curves;
  }

  private static double error(Optional<Allocation> a) {
    return a.map(Allocation::error).orElse(Double.POSITIVE_INFINITY);
  }

  private static double brute(List<OptionCurve> curves, double bytes, double millis) {
    double best = Double.POSITIVE_INFINITY;
    for (int code = 0; code < 3125; code++) {
      int[] chosen = new int[5];
      for (int i = 0, rest = code; i < 5; i++, rest /= 5) {
        chosen[i] = rest % 5;
      }
      Allocation a = Allocation.of(curves, chosen);
      if (a.bytes() <= bytes && a.millis() <= millis && a.error() < best) {
        best = a.error();
      }
    }
    return best;
  }
}
