package io.compressor.solver.allocate;

import java.util.List;

/**
 * Costs in whole buckets above each curve's cheapest option. Costs are rounded up and budgets down,
 * so what fits in buckets fits in truth; since only the part above the cheapest is rounded, a
 * budget that the cheapest options meet is never missed. Where all costs are whole multiples of a
 * unit and the budget has few enough of them, nothing is rounded at all.
 *
 * @param floor sum of the cheapest
 * @param width of a bucket
 * @param count buckets of the largest budget
 * @param costs [curve][option], more than {@code count} for an option that cannot be taken
 */
record Buckets(double floor, double width, int count, int[][] costs) {
  private static final double SLACK = 1e-12;

  static Buckets of(List<OptionCurve> curves, Resource resource, double most, int limit) {
    double[] least = new double[curves.size()];
    double floor = 0;
    double above = 0;
    long unit = 0;
    for (int c = 0; c < least.length; c++) {
      least[c] = cheapest(curves.get(c), resource);
      floor += least[c];
      double dearest = 0;
      for (Option option : curves.get(c).options()) {
        double more = resource.of(option) - least[c];
        dearest = allowed(option) ? Math.max(dearest, more) : dearest;
        unit = unit < 0 ? unit : common(unit, more);
      }
      above += dearest;
    }
    double room = Math.max(0, Math.min(most - floor, above));
    boolean exact = unit > 0 && Math.floor(room / unit) <= limit;
    double width = exact ? unit : room > 0 ? room / limit : 1;
    int count = exact ? (int) Math.floor(room / unit) : room > 0 ? limit : 0;
    int[][] costs = new int[least.length][];
    for (int c = 0; c < least.length; c++) {
      List<Option> options = curves.get(c).options();
      costs[c] = new int[options.size()];
      for (int o = 0; o < costs[c].length; o++) {
        double more = (resource.of(options.get(o)) - least[c]) / width;
        double rounded = exact ? more : more == 0 ? 0 : Math.ceil(more * (1 + SLACK));
        costs[c][o] = allowed(options.get(o)) ? (int) Math.min(rounded, count + 1.0) : count + 1;
      }
    }
    return new Buckets(floor, width, count, costs);
  }

  /** Whole buckets in a budget; negative when even the cheapest options are too dear. */
  int within(double budget) {
    if (budget < floor) {
      return -1;
    }
    return (int) Math.min(count, Math.floor((budget - floor) / width * (1 + SLACK)));
  }

  private static boolean allowed(Option option) {
    return Double.isFinite(option.error());
  }

  private static double cheapest(OptionCurve curve, Resource resource) {
    return curve.options().stream()
        .filter(Buckets::allowed)
        .mapToDouble(resource::of)
        .min()
        .orElseThrow();
  }

  /** Greatest common divisor so far, 0 for nothing yet; −1 once a cost is not whole. */
  private static long common(long unit, double cost) {
    if (cost < 0) {
      return unit;
    }
    if (cost != Math.rint(cost) || cost > 1L << 52) {
      return -1;
    }
    long a = unit;
    long b = (long) cost;
    while (b != 0) {
      long rest = a % b;
      a = b;
      b = rest;
    }
    return a;
  }
}
