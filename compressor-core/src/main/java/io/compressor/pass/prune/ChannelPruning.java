package io.compressor.pass.prune;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.Skipped;
import io.compressor.graph.channel.ChannelGroup;
import io.compressor.graph.channel.ChannelGroups;
import io.compressor.graph.channel.ChannelRemoval;
import io.compressor.graph.channel.Endpoint;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.PassOutcome;
import io.compressor.pass.PassScope;
import io.compressor.pass.SiteDecision;
import io.compressor.pass.weights.InputMoments;
import io.compressor.recipe.PruneOptions;
import io.compressor.statistics.ActivationStatistics;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Takes whole channels out: those of convolutions and neurons between two layers. Curves and
 * knapsack are those of single weights, the tensors get smaller and every kernel faster.
 *
 * <p>Source: Xu et al., arXiv 2308.10438 (structured mode); the groups and the cost in
 * multiplications are ours.
 */
final class ChannelPruning {
  private final PassScope scope;
  private final PruneOptions options;
  private final List<Site> sites;
  private final List<Skipped> skipped;
  private final List<String> notes = new ArrayList<>();

  /**
   * @param sites that may change
   * @param skipped receives groups that cannot
   */
  ChannelPruning(PassScope scope, PruneOptions options, List<Site> sites, List<Skipped> skipped) {
    this.scope = scope;
    this.options = options;
    this.sites = sites;
    this.skipped = skipped;
  }

  PassOutcome run(ActivationStatistics statistics, long seed) {
    List<Map<String, Tensor>> feeds = PrunePass.feeds(scope, options, seed);
    Model model = scope.model();
    List<ChannelUnit> units = units(statistics);
    Distortions distortions =
        new Distortions(feeds, options.distortion(), scope.engine(), scope.progress());
    Work work = Work.of(model, sites, feeds.get(0));
    List<DistortionCurve> curves = curves(distortions, units);
    ChannelBudget budget = new ChannelBudget(units, curves, sites, work);
    int[] removed =
        options.allocation() == PruneOptions.Allocation.UNIFORM
            ? uniform(units, budget)
            : budget.removed(1 - options.sparsity());
    Map<ChannelGroup, int[]> kept = new LinkedHashMap<>();
    for (int u = 0; u < removed.length; u++) {
      if (removed[u] > 0) {
        kept.put(units.get(u).group(), units.get(u).kept(removed[u]));
      }
    }
    Model smaller = ChannelRemoval.of(model, kept);
    notes.add(
        "prune: %.1f%% of the multiplications are left, distortion to the original %.4g"
            .formatted(100 * budget.left(removed), distortions.between(model, smaller)));
    if (budget.left(removed) > 1 - options.sparsity() + 1e-9) {
      notes.add(
          "prune: fewer multiplications cannot be had from channels; asked for %.1f%%"
              .formatted(100 * (1 - options.sparsity())));
    }
    if (options.distillSteps() > 0) {
      SmallerModel learning = new SmallerModel(scope, options, seed);
      smaller = learning.learn(smaller);
      notes.addAll(learning.notes());
      notes.add(
          "prune: distortion to the original after learning %.4g"
              .formatted(distortions.between(model, smaller)));
    }
    return new PassOutcome(smaller, decisions(smaller), skipped, notes);
  }

  private List<ChannelUnit> units(ActivationStatistics statistics) {
    GraphIndex index = new GraphIndex(scope.model());
    Set<String> allowed = new HashSet<>();
    sites.forEach(s -> allowed.add(s.weight().name()));
    List<ChannelUnit> units = new ArrayList<>();
    for (ChannelGroup group : ChannelGroups.of(index)) {
      Optional<String> refused =
          ChannelRemoval.refusal(group, index)
              .or(() -> tooSmall(group))
              .or(() -> notMatched(group, allowed));
      refused.ifPresentOrElse(
          r -> skipped.add(new Skipped("channels of " + group.name(), r)),
          () ->
              units.add(
                  ChannelUnit.of(
                      group, InputMoments.of(group.readers().get(0).site(), statistics))));
    }
    if (units.isEmpty()) {
      throw new CompressorException(
          ErrorCode.MODEL,
          "model",
          "it has no channels that can be taken out"
              + skipped.stream()
                  .findFirst()
                  .map(s -> " (" + s.name() + ": " + s.reason() + ", …)")
                  .orElse(""),
          "'inspect --groups' lists all; structure: unstructured sets single weights to zero");
    }
    return units;
  }

  private static Optional<String> tooSmall(ChannelGroup group) {
    return group.readers().size() > 1
        ? Optional.of(group.readers().size() + " weights read it, its curve would need all")
        : group.size() < 2 ? Optional.of("it has one channel") : Optional.empty();
  }

  private static Optional<String> notMatched(ChannelGroup group, Set<String> allowed) {
    return Stream.concat(group.writers().stream(), group.readers().stream())
        .map(Endpoint::site)
        .filter(s -> !allowed.contains(s.weight().name()))
        .findFirst()
        .map(s -> "'" + s.name() + "' is not among the weights to prune");
  }

  private List<DistortionCurve> curves(Distortions distortions, List<ChannelUnit> units) {
    Map<String, ChannelUnit> byName = new LinkedHashMap<>();
    units.forEach(u -> byName.put(u.reader().name(), u));
    List<PrunedWeight> readers = units.stream().map(ChannelUnit::reader).toList();
    List<int[]> levels = new ArrayList<>();
    for (ChannelUnit unit : units) {
      levels.add(DistortionCurve.levels(unit.group().size() - 1, 0));
    }
    Map<String, double[]> measured =
        distortions.sweep(
            scope.model(),
            readers,
            readers,
            levels,
            w -> Objects.requireNonNull(byName.get(w.name())).saliency(),
            distortions.distance(scope.model()));
    List<DistortionCurve> curves = new ArrayList<>();
    for (int u = 0; u < units.size(); u++) {
      String name = readers.get(u).name();
      curves.add(
          DistortionCurve.of(
              name,
              units.get(u).group().size() - 1,
              0,
              levels.get(u),
              measured.getOrDefault(name, new double[0])));
    }
    return curves;
  }

  /** The same share everywhere, as small as need be: the baseline. */
  private int[] uniform(List<ChannelUnit> units, ChannelBudget budget) {
    int[] removed = new int[units.size()];
    for (int percent = 1; percent < 100; percent++) {
      if (budget.left(removed) <= 1 - options.sparsity()) {
        break;
      }
      for (int u = 0; u < removed.length; u++) {
        int size = units.get(u).group().size();
        for (int r : ChannelBudget.removals(size)) {
          removed[u] = r * 100 <= percent * size ? Math.max(removed[u], r) : removed[u];
        }
      }
    }
    return removed;
  }

  private List<SiteDecision> decisions(Model smaller) {
    Map<String, Tensor> now = smaller.graph().initializers();
    List<SiteDecision> decisions = new ArrayList<>();
    for (Site site : sites) {
      Tensor weight = now.getOrDefault(site.weight().name(), site.weight());
      if (weight.elements() == site.parameters()) {
        skipped.add(new Skipped(site.name(), "no channel of it went"));
        continue;
      }
      decisions.add(
          new SiteDecision(
              site,
              "prune",
              "%.0f%% of it left".formatted(100.0 * weight.elements() / site.parameters()),
              "sliced",
              site.node().opType(),
              "1.0",
              site.weight().byteCount(),
              weight.byteCount(),
              OptionalDouble.empty(),
              OptionalDouble.empty(),
              OptionalDouble.empty(),
              OptionalDouble.empty(),
              "fewer channels: smaller and faster",
              List.of()));
    }
    return decisions;
  }

  /** The weights of a smaller model that can learn. */
  static List<Site> learning(Model smaller) {
    return SiteFinder.scan(smaller).sites().stream()
        .filter(s -> smaller.graph().initializers().containsKey(s.weight().name()))
        .filter(s -> s.uses().stream().noneMatch(n -> n.is("Gather")))
        .toList();
  }
}
