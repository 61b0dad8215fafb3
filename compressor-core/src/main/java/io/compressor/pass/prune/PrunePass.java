package io.compressor.pass.prune;

import io.compressor.autodiff.Gradients;
import io.compressor.graph.Site;
import io.compressor.graph.Skipped;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.Pass;
import io.compressor.pass.PassOutcome;
import io.compressor.pass.PassPlan;
import io.compressor.pass.PassScope;
import io.compressor.pass.PlannedSite;
import io.compressor.pass.Prepared;
import io.compressor.pass.weights.InputMoments;
import io.compressor.recipe.PruneOptions;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.StatisticsRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Sets weights to zero: measures what each layer's sparsity costs at the model's outputs, shares
 * the total out so that the sum is least, and lets what is left learn what the original does.
 *
 * <p>Source: Xu et al., RD-prune (arXiv 2308.10438). Deviations: curves of about twenty points with
 * interpolation instead of 101; retraining is distillation.
 *
 * @param seed of the order of the samples, of noise and of trials
 */
public record PrunePass(PruneOptions options, long seed) implements Pass {
  @Override
  public String id() {
    return "prune";
  }

  @Override
  public Prepared prepare(Model model) {
    boolean derives =
        options.distillSteps() > 0 || options.saliency() == PruneOptions.Saliency.M_FAC;
    return Prepared.asIs(derives ? Gradients.raised(model) : model);
  }

  @Override
  public StatisticsRequest needs(PassScope scope) {
    return options.isStructured() || options.saliency() == PruneOptions.Saliency.SPARSEGPT
        ? InputMoments.request(Prunable.of(scope.model(), scope.sites(), new ArrayList<>()))
        : StatisticsRequest.none();
  }

  @Override
  public PassPlan plan(PassScope scope) {
    List<Skipped> skipped = new ArrayList<>();
    List<PlannedSite> planned = new ArrayList<>();
    PrunedFile file = new PrunedFile(options.storage());
    List<Site> sites = Prunable.of(scope.model(), scope.sites(), skipped);
    for (Site site : options.isStructured() ? List.<Site>of() : sites) {
      long kept = Math.round((1 - options.sparsity()) * site.parameters());
      planned.add(
          new PlannedSite(
              site,
              options.allocation() == PruneOptions.Allocation.UNIFORM
                  ? "%.0f%% zero".formatted(100 * options.sparsity())
                  : "about %.0f%% zero".formatted(100 * options.sparsity()),
              file.bytes(site, kept) < site.weight().byteCount() ? "mask" : "float",
              site.node().opType(),
              file.bytes(site, kept),
              12 * site.parameters(),
              OptionalDouble.empty(),
              OptionalDouble.empty(),
              "smaller download, the speed of the dense layer"));
    }
    for (Site site : options.isStructured() ? sites : List.<Site>of()) {
      planned.add(
          new PlannedSite(
              site,
              "fewer channels",
              "sliced",
              site.node().opType(),
              Math.round((1 - options.sparsity()) * site.weight().byteCount()),
              12 * site.parameters(),
              OptionalDouble.empty(),
              OptionalDouble.empty(),
              "about the share of the multiplications that is left"));
    }
    return new PassPlan(planned, skipped);
  }

  @Override
  public PassOutcome run(PassScope scope, ActivationStatistics statistics) {
    LabelLearning.require(options, scope);
    List<Skipped> skipped = new ArrayList<>();
    List<Site> sites = Prunable.of(scope.model(), scope.sites(), skipped);
    if (options.isStructured() && options.sparsity() > 0) {
      return new ChannelPruning(scope, options, sites, skipped).run(statistics, seed);
    }
    List<PrunedWeight> dense = sites.stream().map(PrunedWeight::of).toList();
    Pruning pruning = new Pruning(scope, options, saliency(statistics, scope), seed);
    Pruning.Result result = pruning.run(dense);
    PrunedFile file = new PrunedFile(options.storage());
    Model written = file.write(result.model(), result.weights());
    List<String> notes = new ArrayList<>(result.notes());
    notes.addAll(file.warnings());
    return new PassOutcome(
        written,
        result.weights().stream()
            .map(w -> file.decision(w, result.error(w.site().name())))
            .toList(),
        skipped,
        notes);
  }

  private Saliency.Factory saliency(ActivationStatistics statistics, PassScope scope) {
    return switch (options.saliency()) {
      case MAGNITUDE -> Saliency::magnitude;
      case SPARSEGPT -> new Reconstruction(statistics, scope.engine());
      case M_FAC ->
          new FisherSaliency(scope, feeds(scope, options, seed), options.gradients(), seed);
    };
  }

  /** What distortion is measured on; empty where nothing can be. */
  static List<Map<String, Tensor>> feeds(PassScope scope, PruneOptions options, long seed) {
    return options.zeroData()
        ? CurveFeeds.noise(scope.model(), options.samples(), seed)
        : scope.calibration().map(d -> CurveFeeds.of(d, options.samples())).orElse(List.of());
  }
}
