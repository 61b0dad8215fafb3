package io.compressor.pass.precision;

import io.compressor.encoding.ConvProbe;
import io.compressor.formats.data.Dataset;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.graph.ValueOrigin;
import io.compressor.ir.Tensor;
import io.compressor.pass.PassScope;
import io.compressor.pass.weights.Assignment;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.pass.weights.WholeModel;
import io.compressor.recipe.PrecisionOptions;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Taps;
import io.compressor.sensitivity.Distance;
import io.compressor.sensitivity.Reference;
import io.compressor.statistics.ActivationStatistics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        Choices.of(scope.sites(), options, assignments, solved, times(scope, assignments));
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
    return switch (distance(options, split.sensitivity(), scope)) {
      case MSE -> "squared distance of the outputs from the original's, over their square";
      case KL -> "KL divergence of the outputs from the original's";
      case COSINE -> "1 - cosine of the outputs with the original's";
    };
  }

  static SessionSettings settings(PassScope scope) {
    return SessionSettings.withThreads(scope.engine().parallelism());
  }

  private static Distance distance(PrecisionOptions options, Dataset data, PassScope scope) {
    return switch (options.loss()) {
      case MSE -> Distance.MSE;
      case KL -> Distance.KL;
      case COSINE -> Distance.COSINE;
      case AUTO ->
          data.labels().isPresent() && HeldOut.isRows(scope.model()) && !endsInSoftmax(scope)
              ? Distance.KL
              : Distance.MSE;
    };
  }

  /** Whether the first output holds probabilities already. */
  private static boolean endsInSoftmax(PassScope scope) {
    return ValueOrigin.isSoftmax(
        new GraphIndex(scope.model()), scope.model().graph().outputs().get(0).name());
  }

  /** Convolutions are timed here, at the shape that a sample gives them. */
  private static Map<String, ConvProbe.Times> times(PassScope scope, List<Assignment> assignments) {
    Map<String, Site> convolutions = new LinkedHashMap<>();
    for (Assignment level : assignments) {
      for (Site site : level.sites()) {
        if (site.kind() == SiteKind.CONV) {
          convolutions.put(site.name(), site);
        }
      }
    }
    if (convolutions.isEmpty()) {
      return Map.of();
    }
    List<String> inputs = convolutions.values().stream().map(Site::input).distinct().toList();
    Dataset data = scope.calibration().orElseThrow();
    Map<String, ConvProbe.Times> times = new LinkedHashMap<>();
    try (RuntimeSession session =
        RuntimeSession.open(
            Taps.only(Taps.expose(scope.model(), inputs), inputs), settings(scope))) {
      Map<String, Tensor> shapes =
          session.run(data.batch(0, data.fixedBatch().orElse(1)).inputs(), inputs);
      ConvProbe probe = ConvProbe.beside(scope.forms().probe());
      convolutions
          .values()
          .forEach(
              site -> {
                scope.progress().checkCancelled();
                Optional.ofNullable(shapes.get(site.input()))
                    .flatMap(x -> probe.measure(site, x.dims()))
                    .ifPresent(t -> times.put(site.name(), t));
              });
    }
    return times;
  }
}
