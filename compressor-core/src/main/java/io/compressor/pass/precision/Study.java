package io.compressor.pass.precision;

import io.compressor.formats.data.Dataset;
import io.compressor.pass.PassScope;
import io.compressor.pass.weights.Assignment;
import io.compressor.pass.weights.ConvTimes;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.pass.weights.WholeModel;
import io.compressor.pass.weights.budget.OutputLoss;
import io.compressor.pass.weights.budget.Split;
import io.compressor.recipe.PrecisionOptions;
import io.compressor.runtime.SessionSettings;
import io.compressor.sensitivity.Distance;
import io.compressor.sensitivity.Reference;
import io.compressor.statistics.ActivationStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Everything that is known before a configuration is searched: solved levels, costs, samples. */
record Study(
    PassScope scope,
    PrecisionOptions options,
    Split split,
    Choices choices,
    Emitter emitter,
    Reference reference,
    Reference batched,
    Sensitivities sensitivities,
    List<String> notes) {

  /** Samples a run while sensitivities are measured. */
  private static final int BATCH = 16;

  /**
   * @param whole the machinery at a width
   */
  static Study of(
      PassScope scope,
      ActivationStatistics statistics,
      PrecisionOptions options,
      IntFunction<WholeModel> whole) {
    Dataset data = scope.calibration().orElseThrow();
    Split split = Split.of(data, options.samples());
    List<Assignment> assignments = new ArrayList<>();
    List<List<SolvedSite>> solved = new ArrayList<>();
    for (int bits : options.widths()) {
      WholeModel.Solved level = whole.apply(bits).solve(scope, statistics);
      assignments.add(level.assignment());
      solved.add(level.sites().stream().map(SolvedSite::withoutMoments).toList());
    }
    Choices choices =
        Choices.of(scope.sites(), options, assignments, solved, ConvTimes.of(scope, assignments));
    Emitter emitter = new Emitter(whole.apply(options.widths().get(0)), scope, statistics, choices);
    Distance distance = distance(options, split.sensitivity(), scope);
    Reference batched =
        Reference.of(scope.model(), split.sensitivity(), BATCH, distance, settings(scope));
    // a request comes alone; padding would change the ranges that activations are rounded in
    Reference reference =
        data.length(0) >= 0
            ? Reference.of(scope.model(), split.sensitivity(), 1, distance, settings(scope))
            : batched;
    Sensitivities sensitivities =
        new Sensitivities(
            choices,
            emitter,
            reference,
            batched,
            options,
            new Sensitivities.PassFacts(
                scope.model(),
                new SiteMoves(choices, scope.model(), scope.engine()),
                scope.seed(),
                scope.progress()));
    List<String> notes = new ArrayList<>();
    split.warning().ifPresent(notes::add);
    return new Study(
        scope, options, split, choices, emitter, reference, batched, sensitivities, notes);
  }

  /** What errors are, in words. */
  String loss() {
    return OutputLoss.words(distance(options, split.sensitivity(), scope));
  }

  static SessionSettings settings(PassScope scope) {
    return SessionSettings.withThreads(scope.engine().parallelism());
  }

  private static Distance distance(PrecisionOptions options, Dataset data, PassScope scope) {
    return OutputLoss.of(options.loss(), data, scope);
  }
}
