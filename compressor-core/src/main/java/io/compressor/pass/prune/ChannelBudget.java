package io.compressor.pass.prune;

import io.compressor.graph.Site;
import io.compressor.graph.channel.Endpoint;
import io.compressor.solver.allocate.Allocation;
import io.compressor.solver.allocate.KnapsackTable;
import io.compressor.solver.allocate.Option;
import io.compressor.solver.allocate.OptionCurve;
import io.compressor.solver.allocate.Resource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * How many channels each group loses so that what is left needs at most a given share of the
 * multiplications. A layer needs the product of the shares of its inputs and outputs, which is at
 * most their mean; means add up over groups, so the knapsack runs on means, and of all its budgets
 * the largest is taken whose products are within what was asked for.
 */
final class ChannelBudget {
  /** Kernels work on so many channels at a time. */
  private static final int LANES = 16;

  private static final int FEW = 64;
  private static final int TRIES = 48;

  private final List<ChannelUnit> units;
  private final List<Site> sites;
  private final Work work;
  private final List<OptionCurve> options = new ArrayList<>();
  private final List<int[]> removals = new ArrayList<>();

  ChannelBudget(
      List<ChannelUnit> units, List<DistortionCurve> curves, List<Site> sites, Work work) {
    this.units = units;
    this.sites = sites;
    this.work = work;
    for (int u = 0; u < curves.size(); u++) {
      ChannelUnit unit = units.get(u);
      double each = 0;
      for (Endpoint end : unit.group().writers()) {
        each += work.of(end.site()) / 2.0;
      }
      for (Endpoint end : unit.group().readers()) {
        each += work.of(end.site()) / 2.0;
      }
      int size = unit.group().size();
      int[] removed = removals(size);
      removals.add(removed);
      List<Option> all = new ArrayList<>();
      for (int r : removed) {
        all.add(Option.of(curves.get(u).at(r), Math.round(each * (size - r) / size)));
      }
      options.add(new OptionCurve(unit.reader().site().name(), all));
    }
  }

  /** Numbers of channels that may go: those that leave whole lanes, where there are several. */
  static int[] removals(int size) {
    int lanes = size >= FEW ? LANES : size >= LANES ? LANES / 2 : 1;
    TreeSet<Integer> removed = new TreeSet<>();
    removed.add(0);
    for (int kept = lanes; kept < size; kept += lanes) {
      removed.add(size - kept);
    }
    return removed.stream().mapToInt(i -> i).toArray();
  }

  /**
   * @param share of the multiplications that may be left
   * @return channels that each unit loses; the fewest multiplications there are when the share
   *     cannot be had
   */
  int[] removed(double share) {
    double most = options.stream().mapToDouble(ChannelBudget::dearest).sum();
    KnapsackTable table = KnapsackTable.of(options, Resource.BYTES, most, KnapsackTable.BUCKETS);
    double low = 0;
    double high = most;
    int[] best = cheapest();
    for (int i = 0; i < TRIES; i++) {
      double middle = (low + high) / 2;
      int[] removed = table.within(middle).map(this::removed).orElseGet(this::cheapest);
      if (left(removed) <= share) {
        best = removed;
        low = middle;
      } else {
        high = middle;
      }
    }
    return best;
  }

  /** Share of all multiplications that is left. */
  double left(int[] removed) {
    Map<String, Double> shares = new LinkedHashMap<>();
    for (int u = 0; u < removed.length; u++) {
      double kept = 1 - (double) removed[u] / units.get(u).group().size();
      units.get(u).group().writers().forEach(e -> share(shares, e.site(), kept));
      units.get(u).group().readers().forEach(e -> share(shares, e.site(), kept));
    }
    double sum = 0;
    for (Site site : sites) {
      sum += work.of(site) * shares.getOrDefault(site.weight().name(), 1.0);
    }
    return sum / Math.max(1, work.total());
  }

  private static void share(Map<String, Double> shares, Site site, double kept) {
    shares.merge(site.weight().name(), kept, (a, b) -> a * b);
  }

  private int[] removed(Allocation allocation) {
    int[] removed = new int[units.size()];
    for (int u = 0; u < removed.length; u++) {
      removed[u] = removals.get(u)[allocation.chosen().get(u)];
    }
    return removed;
  }

  private int[] cheapest() {
    return removals.stream().mapToInt(r -> r[r.length - 1]).toArray();
  }

  private static double dearest(OptionCurve curve) {
    return curve.options().stream().mapToDouble(Option::bytes).max().orElse(0);
  }
}
