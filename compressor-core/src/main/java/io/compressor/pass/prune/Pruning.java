package io.compressor.pass.prune;

import io.compressor.ir.Model;
import io.compressor.pass.PassScope;
import io.compressor.recipe.PruneOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** The rounds of one run: measure, share out, prune, learn. */
final class Pruning {
  private final PassScope scope;
  private final PruneOptions options;
  private final Saliency.Factory saliency;
  private final long seed;
  private final Map<String, Double> errors = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  Pruning(PassScope scope, PruneOptions options, Saliency.Factory saliency, long seed) {
    this.scope = scope;
    this.options = options;
    this.saliency = saliency;
    this.seed = seed;
  }

  /**
   * What came of it.
   *
   * @param errors by site, what its curve predicted in the last round; empty without curves
   */
  record Result(
      Model model, List<PrunedWeight> weights, Map<String, Double> errors, List<String> notes) {
    OptionalDouble error(String site) {
      Double error = errors.get(site);
      return error == null ? OptionalDouble.empty() : OptionalDouble.of(error);
    }
  }

  Result run(List<PrunedWeight> dense) {
    long all = dense.stream().mapToLong(PrunedWeight::size).sum();
    long already = dense.stream().mapToLong(PrunedWeight::zeros).sum();
    if (keep(all, options.sparsity()) >= all - already) {
      notes.add(
          "prune left the model as it is: %.1f%% of its weights are zero, asked for %.1f%%"
              .formatted(100.0 * already / all, 100 * options.sparsity()));
      return new Result(scope.model(), dense, Map.of(), notes);
    }
    Distortions distortions =
        new Distortions(
            PrunePass.feeds(scope, options, seed),
            options.distortion(),
            scope.engine(),
            scope.progress());
    Retraining retraining = new Retraining(scope, options, seed);
    List<PrunedWeight> weights = dense;
    for (int round = 0; round < options.rounds(); round++) {
      double share = 1 - Math.pow(1 - options.sparsity(), (round + 1.0) / options.rounds());
      long keep = keep(all, share);
      weights = prune(retraining.applied(scope.model()), weights, keep, distortions, round);
      weights = retraining.learn(weights, round);
    }
    notes.addAll(retraining.notes());
    Model model = Distortions.with(retraining.applied(scope.model()), weights);
    measured(model, weights, all, distortions);
    return new Result(model, weights, errors, notes);
  }

  private List<PrunedWeight> prune(
      Model model, List<PrunedWeight> weights, long keep, Distortions distortions, int round) {
    saliency.begin(model, weights);
    boolean needsCurves =
        options.allocation() == PruneOptions.Allocation.DP || (options.trials() > 0 && round == 0);
    List<DistortionCurve> curves =
        needsCurves ? distortions.curves(model, weights, saliency) : List.of();
    if (options.trials() > 0 && round == 0) {
      Trials trials =
          Trials.run(options.trials(), model, weights, curves, saliency, distortions, seed);
      notes.add(trials.words());
    }
    int[] zeros =
        options.allocation() == PruneOptions.Allocation.DP
            ? byCurves(model, weights, curves, keep, distortions)
            : Allotment.byRule(options.allocation(), weights, keep);
    List<PrunedWeight> pruned = new ArrayList<>();
    double sum = 0;
    for (int i = 0; i < zeros.length; i++) {
      PrunedWeight weight = weights.get(i);
      pruned.add(weight.with(saliency.of(weight).pruned(zeros[i])));
      if (needsCurves) {
        double error = curves.get(i).at(zeros[i]);
        errors.put(weight.site().name(), error);
        sum += error;
      }
    }
    if (needsCurves) {
      notes.add(
          "prune, round %d: predicted distortion %.4g, measured %.4g"
              .formatted(
                  round + 1, sum, distortions.between(model, Distortions.with(model, pruned))));
    }
    return pruned;
  }

  private int[] byCurves(
      Model model,
      List<PrunedWeight> weights,
      List<DistortionCurve> curves,
      long keep,
      Distortions distortions) {
    int[] zeros = Allotment.byCurves(curves, keep);
    return options.refine() == 0
        ? zeros
        : new Refinement(Distortions.with(model, weights), weights, saliency, distortions)
            .refine(zeros, keep, options.refine());
  }

  private void measured(
      Model model, List<PrunedWeight> weights, long all, Distortions distortions) {
    long zeros = weights.stream().mapToLong(PrunedWeight::zeros).sum();
    String reached = "prune: %.2f%% of %d weights are zero".formatted(100.0 * zeros / all, all);
    notes.add(
        scope.hasData() || options.zeroData()
            ? reached
                + ", distortion to the original %.4g"
                    .formatted(distortions.between(scope.model(), model))
            : reached);
  }

  /** Weights that stay, rounded down: never more than the sparsity allows. */
  private static long keep(long all, double sparsity) {
    return (long) Math.floor((1 - sparsity) * all + 1e-6);
  }
}
