package io.compressor.solver.allocate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The usual greedy allocation: every curve begins at its cheapest option and climbs its lower
 * convex hull, steepest step first (the Lagrangian solution), until the next step does not fit;
 * then what is left is spent on single exchanges. Fast, any size of budget, within one step of the
 * best; the baseline of {@link KnapsackTable}.
 */
public final class HullGreedy {
  private HullGreedy() {}

  private record Step(int curve, int option, double slope) {}

  /**
   * @return one option of each curve within the budget; empty when even the cheapest cost more
   */
  public static Optional<Allocation> within(
      List<OptionCurve> curves, Resource resource, double budget) {
    int[] chosen = new int[curves.size()];
    List<Step> steps = new ArrayList<>();
    for (int c = 0; c < chosen.length; c++) {
      List<Integer> hull = hull(curves.get(c).options(), resource);
      chosen[c] = hull.get(0);
      for (int i = 1; i < hull.size(); i++) {
        steps.add(
            new Step(
                c,
                hull.get(i),
                slope(curves.get(c).options(), hull.get(i - 1), hull.get(i), resource)));
      }
    }
    if (resource.total(curves, chosen) > budget) {
      return Optional.empty();
    }
    steps.sort(Comparator.comparingDouble(Step::slope).reversed());
    for (Step step : steps) {
      int before = chosen[step.curve()];
      chosen[step.curve()] = step.option();
      if (resource.total(curves, chosen) > budget) {
        chosen[step.curve()] = before;
        break;
      }
    }
    new Upgrades(curves, resource).spend(chosen, budget);
    return Optional.of(Allocation.of(curves, chosen));
  }

  /** Options on the lower convex hull, cheapest first; costs rise, errors fall. */
  private static List<Integer> hull(List<Option> options, Resource resource) {
    List<Integer> order = new ArrayList<>();
    for (int o = 0; o < options.size(); o++) {
      if (Double.isFinite(options.get(o).error())) {
        order.add(o);
      }
    }
    order.sort(
        Comparator.comparingDouble((Integer o) -> resource.of(options.get(o)))
            .thenComparingDouble(o -> options.get(o).error()));
    List<Integer> hull = new ArrayList<>();
    for (int o : order) {
      if (!hull.isEmpty()
          && options.get(hull.get(hull.size() - 1)).error() <= options.get(o).error()) {
        continue;
      }
      while (hull.size() > 1
          && slope(options, hull.get(hull.size() - 2), hull.get(hull.size() - 1), resource)
              <= slope(options, hull.get(hull.size() - 1), o, resource)) {
        hull.remove(hull.size() - 1);
      }
      hull.add(o);
    }
    return hull;
  }

  private static double slope(List<Option> options, int from, int to, Resource resource) {
    double gain = options.get(from).error() - options.get(to).error();
    return gain / (resource.of(options.get(to)) - resource.of(options.get(from)));
  }
}
