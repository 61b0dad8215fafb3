package io.compressor.pass.maestro;

import io.compressor.encoding.FactoredForm;
import io.compressor.graph.Site;
import io.compressor.graph.Skipped;
import io.compressor.pass.Pass;
import io.compressor.pass.PassOutcome;
import io.compressor.pass.PassPlan;
import io.compressor.pass.PassScope;
import io.compressor.pass.PlannedSite;
import io.compressor.pass.weights.BadSites;
import io.compressor.pass.weights.SiteTask;
import io.compressor.recipe.MaestroOptions;
import io.compressor.solver.lowrank.Factorizer;
import io.compressor.solver.lowrank.Factors;
import io.compressor.solver.lowrank.RankCurve;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.Moments;
import io.compressor.statistics.StatisticsRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Trainable low rank: weights become ordered factors, learn with ordered dropout, are cut to the
 * ranks that cost least under the budget, and learn on.
 *
 * <p>Source: Horvath et al. 2024, Maestro (arXiv 2308.14929). Judging components by outputs on data
 * and the second phase are ours.
 *
 * @param seed of samples and sampled ranks
 * @param bad what becomes of sites whose inputs were never finite
 */
public record MaestroPass(MaestroOptions options, long seed, boolean hasData, BadSites bad)
    implements Pass {
  @Override
  public String id() {
    return "maestro";
  }

  private boolean whitens() {
    return hasData && options.init() == MaestroOptions.Init.SVD && options.whiten().orElse(true);
  }

  @Override
  public StatisticsRequest needs(PassScope scope) {
    return whitens()
        ? Whitening.request(sites(scope, new ArrayList<>()))
        : StatisticsRequest.none();
  }

  @Override
  public PassOutcome run(PassScope scope, ActivationStatistics statistics) {
    List<Skipped> skipped = new ArrayList<>();
    List<Site> sites = sites(scope, skipped);
    if (whitens()) {
      sites.removeIf(
          s -> {
            Optional<Skipped> judged =
                bad.judge(s, Whitening.key(s), statistics, "the whole model");
            judged.ifPresent(skipped::add);
            return judged.isPresent();
          });
    }
    if (sites.isEmpty()) {
      return new PassOutcome(
          scope.model(), List.of(), skipped, List.of("maestro found no weight to factor"));
    }
    RankGoal goal = new RankGoal(options);
    goal.check(empty(sites));
    scope.progress().begin("factor", sites.size());
    List<LowRank> all =
        scope
            .engine()
            .map(
                sites,
                site -> {
                  scope.progress().checkCancelled();
                  LowRank made = factor(site, statistics);
                  scope.progress().advance(1);
                  return made;
                });
    return options.steps() == 0
        ? truncated(scope, goal, all, skipped)
        : learnt(scope, goal, all, skipped);
  }

  private PassOutcome truncated(
      PassScope scope, RankGoal goal, List<LowRank> all, List<Skipped> skipped) {
    List<Integer> ranks = goal.ranks(all.stream().map(LowRank::curve).toList());
    FactorWriter writer = new FactorWriter(scope.model());
    for (int i = 0; i < all.size(); i++) {
      LowRank one = all.get(i);
      int rank = ranks.get(i);
      Optional<String> full = FactorWriter.tooFull(one, rank);
      if (full.isPresent()) {
        skipped.add(new Skipped(one.site().name(), full.get()));
      } else {
        writer.factors(one, one.factors().head(rank), one.judged() ? "svd on data" : "svd");
      }
    }
    return new PassOutcome(writer.model(), writer.decisions(), skipped);
  }

  private PassOutcome learnt(
      PassScope scope, RankGoal goal, List<LowRank> start, List<Skipped> skipped) {
    Learning.Result result = new Learning(options, seed, scope, goal).run(start);
    FactorWriter writer = new FactorWriter(scope.model());
    writer.constants(result.constants());
    for (int i = 0; i < start.size(); i++) {
      LowRank one = result.all().get(i);
      Factors cut = result.factors().get(i);
      if (cut != null) {
        writer.factors(one.learnt(), cut, "learnt");
      } else {
        writer.whole(one.site(), Objects.requireNonNull(result.wholes().get(i)), "learnt");
      }
    }
    return new PassOutcome(writer.model(), writer.decisions(), skipped, result.notes());
  }

  private LowRank factor(Site site, ActivationStatistics statistics) {
    if (options.init() == MaestroOptions.Init.RANDOM) {
      long own = seed ^ (0x9e3779b97f4a7c15L * site.name().hashCode());
      return LowRank.of(site, Factorizer.random(site.out(), site.in(), own), false);
    }
    float[] w = SiteTask.finiteWeight(site);
    Optional<Moments> moments = Whitening.of(site, statistics);
    Factors factors =
        moments
            .map(m -> Factorizer.whitened(w, site.out(), site.in(), m.hessian()))
            .orElseGet(() -> Factorizer.svd(w, site.out(), site.in()));
    return LowRank.of(site, factors, moments.isPresent());
  }

  private static List<Site> sites(PassScope scope, List<Skipped> skipped) {
    List<Site> sites = new ArrayList<>();
    for (Site site : scope.sites()) {
      FactoredForm.refuse(site)
          .ifPresentOrElse(
              why -> skipped.add(new Skipped(site.name(), why)), () -> sites.add(site));
    }
    return sites;
  }

  /** Curves of which only the sizes are known. */
  private static List<RankCurve> empty(List<Site> sites) {
    return sites.stream().map(s -> RankCurve.of(s.out(), s.in(), new double[] {0})).toList();
  }

  @Override
  public PassPlan plan(PassScope scope) {
    List<Skipped> skipped = new ArrayList<>();
    List<Site> sites = sites(scope, skipped);
    RankGoal goal = new RankGoal(options);
    goal.check(empty(sites));
    double share =
        goal.isSize() && !sites.isEmpty()
            ? (double) goal.parameters(empty(sites))
                / sites.stream().mapToLong(Site::parameters).sum()
            : 1;
    return new PassPlan(
        sites.stream()
            .map(
                s ->
                    new PlannedSite(
                        s,
                        options.rank().isPresent()
                            ? "rank " + options.rank().getAsInt()
                            : "rank by " + (goal.isSize() ? "size" : "energy"),
                        FactoredForm.ID,
                        FactoredForm.kernel(s),
                        options.rank().isPresent()
                            ? 4
                                * Math.min(
                                    s.parameters(),
                                    Factors.parameters(s.out(), s.in(), options.rank().getAsInt()))
                            : (long) (4 * s.parameters() * Math.min(1, share)),
                        // W, the factors and the decomposition's own copies, in fp64
                        48 * s.parameters() + 24L * s.in() * s.in(),
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        ""))
            .toList(),
        skipped);
  }
}
