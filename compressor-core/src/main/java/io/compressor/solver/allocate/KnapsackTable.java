package io.compressor.solver.allocate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The multiple-choice knapsack, solved by dynamic programming for every budget up to a limit at
 * once: least sum of errors, one option of each curve, cost within the budget. Time and memory are
 * linear in the number of curves: curves × buckets × options steps, two bytes a curve and bucket.
 *
 * <p>Costs are counted in buckets, rounded so that a budget is never exceeded; the error is within
 * what one bucket a curve can buy of the best, and exactly the best where costs are whole multiples
 * of a unit and the limit holds at most {@code buckets} of them (as for counts of weights).
 *
 * <p>Source: Xu et al., "Efficient Joint Optimization of Layer-Adaptive Weight Pruning" (arXiv
 * 2308.10438), section 3.3, with the borders of its published code mended.
 */
public final class KnapsackTable {
  /** Fine enough that a bucket is 0.006 % of a budget. */
  public static final int BUCKETS = 1 << 14;

  private final List<OptionCurve> curves;
  private final Resource resource;
  private final Buckets buckets;
  private final char[][] choice;
  private final double[] least;

  private KnapsackTable(
      List<OptionCurve> curves,
      Resource resource,
      Buckets buckets,
      char[][] choice,
      double[] least) {
    this.curves = curves;
    this.resource = resource;
    this.buckets = buckets;
    this.choice = choice;
    this.least = least;
  }

  /**
   * @param most largest budget that will be asked for
   * @param buckets at least 1; {@link #BUCKETS} unless there is a reason
   */
  public static KnapsackTable of(
      List<OptionCurve> curves, Resource resource, double most, int buckets) {
    if (buckets < 1 || !(most >= 0)) {
      throw new IllegalArgumentException(
          "expected a budget >= 0 and a bucket at least, not %s and %d".formatted(most, buckets));
    }
    Buckets in = Buckets.of(curves, resource, most, buckets);
    int size = in.count() + 1;
    char[][] choice = new char[curves.size()][size];
    double[] before = new double[size];
    double[] now = new double[size];
    for (int c = 0; c < choice.length; c++) {
      Arrays.fill(now, Double.POSITIVE_INFINITY);
      List<Option> options = curves.get(c).options();
      for (int o = 0; o < options.size(); o++) {
        double error = options.get(o).error();
        int cost = in.costs()[c][o];
        for (int b = cost; b < size; b++) {
          double sum = before[b - cost] + error;
          if (sum < now[b]) {
            now[b] = sum;
            choice[c][b] = (char) o;
          }
        }
      }
      double[] swap = before;
      before = now;
      now = swap;
    }
    return new KnapsackTable(List.copyOf(curves), resource, in, choice, before);
  }

  /**
   * The least sum of errors within a budget.
   *
   * @param budget at most the table's limit counts
   * @return empty when even the cheapest options cost more
   */
  public Optional<Allocation> within(double budget) {
    int bucket = buckets.within(budget);
    if (bucket < 0) {
      return Optional.empty();
    }
    int[] chosen = back(bucket);
    while (bucket > 0 && resource.total(curves, chosen) > budget) {
      chosen = back(--bucket); // sums of doubles may differ in the last bit
    }
    new Upgrades(curves, resource).spend(chosen, budget);
    return Optional.of(Allocation.of(curves, chosen));
  }

  /** What no other choice betters in both error and cost; cheapest first, errors falling. */
  public List<Allocation> front() {
    List<Allocation> front = new ArrayList<>();
    double best = Double.POSITIVE_INFINITY;
    for (int b = 0; b < least.length; b++) {
      if (least[b] < best) {
        best = least[b];
        front.add(Allocation.of(curves, back(b)));
      }
    }
    return front;
  }

  /** Steps that filling the table took: the measure of its time. */
  public long steps() {
    return curves.stream().mapToLong(c -> (long) c.options().size() * least.length).sum();
  }

  private int[] back(int bucket) {
    int[] chosen = new int[choice.length];
    int left = bucket;
    for (int c = choice.length - 1; c >= 0; c--) {
      chosen[c] = choice[c][left];
      left -= buckets.costs()[c][chosen[c]];
    }
    return chosen;
  }
}
