package io.compressor.pass.weights.budget;

import io.compressor.solver.allocate.Allocation;
import io.compressor.solver.allocate.KnapsackTable;
import io.compressor.solver.allocate.Option;
import io.compressor.solver.allocate.OptionCurve;
import io.compressor.solver.allocate.Resource;
import java.util.List;
import java.util.Optional;

/**
 * The least sum of errors within bytes and milliseconds. One limit alone is met exactly (knapsack);
 * of two, time is met exactly and bytes by a price (Lagrange), so that the answer is within the
 * limits but may miss the best by what lies between two prices.
 */
final class TwoBudgets {
  private static final int ROUNDS = 40;

  private TwoBudgets() {}

  /**
   * @param bytes infinite = no limit
   * @param millis infinite = no limit
   * @return empty when nothing that was tried is within both
   */
  static Optional<Allocation> within(List<OptionCurve> curves, double bytes, double millis) {
    if (bytes < 0 || millis < 0) {
      return Optional.empty();
    }
    if (Double.isInfinite(millis)) {
      return exact(curves, Resource.BYTES, bytes);
    }
    Optional<Allocation> free = exact(curves, Resource.MILLIS, millis);
    if (free.isEmpty() || free.get().bytes() <= bytes) {
      return free;
    }
    double low = 0;
    double high = 1e-12;
    Optional<Allocation> best = Optional.empty();
    for (int i = 0; i < ROUNDS; i++) {
      double price = best.isPresent() ? (low + high) / 2 : high;
      Optional<Allocation> found = exact(priced(curves, price), Resource.MILLIS, millis);
      Allocation own = Allocation.of(curves, chosen(found.orElseThrow()));
      if (own.bytes() <= bytes) {
        best = best.filter(b -> b.error() <= own.error()).or(() -> Optional.of(own));
        high = price;
      } else {
        low = price;
        high = best.isPresent() ? high : 4 * price;
      }
    }
    return best;
  }

  private static Optional<Allocation> exact(
      List<OptionCurve> curves, Resource resource, double most) {
    double limit = Double.isInfinite(most) ? dearest(curves, resource) : most;
    return KnapsackTable.of(curves, resource, limit, KnapsackTable.BUCKETS).within(limit);
  }

  private static double dearest(List<OptionCurve> curves, Resource resource) {
    return curves.stream()
        .mapToDouble(c -> c.options().stream().mapToDouble(resource::of).max().orElse(0))
        .sum();
  }

  private static List<OptionCurve> priced(List<OptionCurve> curves, double price) {
    return curves.stream()
        .map(
            c ->
                new OptionCurve(
                    c.name(),
                    c.options().stream()
                        .map(o -> new Option(o.error() + price * o.bytes(), o.bytes(), o.millis()))
                        .toList()))
        .toList();
  }

  private static int[] chosen(Allocation a) {
    return a.chosen().stream().mapToInt(Integer::intValue).toArray();
  }
}
