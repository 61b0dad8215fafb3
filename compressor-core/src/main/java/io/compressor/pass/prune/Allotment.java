package io.compressor.pass.prune;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.recipe.PruneOptions;
import io.compressor.solver.allocate.Allocation;
import io.compressor.solver.allocate.KnapsackTable;
import io.compressor.solver.allocate.OptionCurve;
import io.compressor.solver.allocate.Resource;
import io.compressor.solver.prune.KeptShares;
import io.compressor.solver.prune.Ranking;
import java.util.Arrays;
import java.util.List;

/**
 * How many zeros each layer gets. The total of weights that are kept is never more than asked for.
 */
final class Allotment {
  private static final double LAST_LAYER = 0.2;

  private Allotment() {}

  /** By curves: the least sum of distortions (RD-prune, section 3.3). */
  static int[] byCurves(List<DistortionCurve> curves, long keep) {
    List<OptionCurve> options = curves.stream().map(DistortionCurve::options).toList();
    Allocation best =
        KnapsackTable.of(options, Resource.BYTES, 4.0 * keep, KnapsackTable.BUCKETS)
            .within(4.0 * keep)
            .orElseThrow();
    int[] zeros = new int[curves.size()];
    for (int i = 0; i < zeros.length; i++) {
      zeros[i] = curves.get(i).choices()[best.chosen().get(i)];
    }
    return zeros;
  }

  /** By a rule that looks at no data. */
  static int[] byRule(PruneOptions.Allocation rule, List<PrunedWeight> weights, long keep) {
    int[] sizes = weights.stream().mapToInt(PrunedWeight::size).toArray();
    int[] kept =
        switch (rule) {
          case GLOBAL, LAMP -> byThreshold(rule, weights, keep);
          default -> byShares(rule, weights, sizes, keep);
        };
    int[] zeros = new int[sizes.length];
    for (int i = 0; i < zeros.length; i++) {
      zeros[i] = Math.max(sizes[i] - kept[i], weights.get(i).zeros());
    }
    return zeros;
  }

  private static int[] byThreshold(
      PruneOptions.Allocation rule, List<PrunedWeight> weights, long keep) {
    List<float[]> scores =
        weights.stream()
            .map(w -> Ranking.ofMagnitudes(w.values(), w.kept()).ascending())
            .map(a -> rule == PruneOptions.Allocation.LAMP ? KeptShares.lamp(a) : a)
            .toList();
    return KeptShares.byThreshold(scores, keep);
  }

  private static int[] byShares(
      PruneOptions.Allocation rule, List<PrunedWeight> weights, int[] sizes, long keep) {
    double[] factors = new double[sizes.length];
    double[] least = new double[sizes.length];
    double[] most = new double[sizes.length];
    Arrays.fill(factors, 1);
    for (int i = 0; i < sizes.length; i++) {
      PrunedWeight weight = weights.get(i);
      most[i] = 1 - (double) weight.zeros() / sizes[i];
      if (rule == PruneOptions.Allocation.ERK) {
        factors[i] = KeptShares.erdosRenyi(weight.site().weight().dims());
      }
    }
    if (rule == PruneOptions.Allocation.UNIFORM_PLUS) {
      for (int i = 0; i < sizes.length; i++) {
        Site site = weights.get(i).site();
        if (site.kind() == SiteKind.CONV) {
          least[i] = most[i];
          break;
        }
      }
      int last = sizes.length - 1;
      least[last] = Math.max(least[last], Math.min(LAST_LAYER, most[last]));
    }
    return KeptShares.scaled(sizes, factors, least, most, keep);
  }
}
