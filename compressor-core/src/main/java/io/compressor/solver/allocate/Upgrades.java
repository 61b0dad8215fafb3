package io.compressor.solver.allocate;

import java.util.List;

/** What an allocation can still gain without breaking its budget. */
final class Upgrades {
  private final List<OptionCurve> curves;
  private final Resource resource;

  Upgrades(List<OptionCurve> curves, Resource resource) {
    this.curves = curves;
    this.resource = resource;
  }

  /**
   * Takes, of each curve, the cheapest option that errs no more than the chosen one; then spends
   * what is left on the exchange that gains most a unit, again and again. Never raises the error.
   *
   * @param chosen changed in place and returned
   */
  int[] spend(int[] chosen, double budget) {
    for (int c = 0; c < chosen.length; c++) {
      chosen[c] = cheapestAsGood(curves.get(c).options(), chosen[c]);
    }
    boolean better = true;
    while (better) {
      better = exchange(chosen, budget - resource.total(curves, chosen));
    }
    return chosen;
  }

  private int cheapestAsGood(List<Option> options, int now) {
    int best = now;
    for (int o = 0; o < options.size(); o++) {
      boolean asGood = options.get(o).error() <= options.get(now).error();
      if (asGood && resource.of(options.get(o)) < resource.of(options.get(best))) {
        best = o;
      }
    }
    return best;
  }

  private boolean exchange(int[] chosen, double left) {
    int curve = -1;
    int option = -1;
    double best = 0;
    for (int c = 0; c < chosen.length; c++) {
      List<Option> options = curves.get(c).options();
      Option now = options.get(chosen[c]);
      for (int o = 0; o < options.size(); o++) {
        double more = resource.of(options.get(o)) - resource.of(now);
        double less = now.error() - options.get(o).error();
        if (more <= left && less > 0) {
          double gain = more <= 0 ? Double.POSITIVE_INFINITY : less / more;
          if (gain > best) {
            best = gain;
            curve = c;
            option = o;
          }
        }
      }
    }
    if (curve < 0) {
      return false;
    }
    chosen[curve] = option;
    return true;
  }
}
