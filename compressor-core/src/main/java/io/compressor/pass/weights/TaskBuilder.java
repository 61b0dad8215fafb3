package io.compressor.pass.weights;

import io.compressor.encoding.Arithmetic;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.recipe.QuantizeOptions;
import io.compressor.statistics.ActivationStatistics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Joins each assigned site with the statistics that its solver wants. */
record TaskBuilder(QuantizeOptions options, ActivationStatistics statistics) {

  List<SiteTask> build(Assignment assignment) {
    Map<String, float[]> smoothing = smoothing(assignment);
    return assignment.assigned().stream()
        .map(
            a ->
                new SiteTask(
                    a.site(),
                    a.choice(),
                    isSmoothed(a)
                        ? Optional.ofNullable(smoothing.get(a.site().input()))
                        : Optional.empty(),
                    Optional.ofNullable(statistics.moments().get(Needs.key(a.site()))),
                    Optional.ofNullable(statistics.holdout().get(Needs.key(a.site())))))
        .toList();
  }

  private Map<String, float[]> smoothing(Assignment assignment) {
    Map<String, List<Site>> readers = new LinkedHashMap<>();
    for (Assignment.Assigned a : assignment.assigned()) {
      if (isSmoothed(a)) {
        readers.computeIfAbsent(a.site().input(), k -> new ArrayList<>()).add(a.site());
      }
    }
    Map<String, float[]> vectors = new LinkedHashMap<>();
    readers.forEach(
        (input, sites) ->
            new InputSmoothing(options.smooth(), statistics)
                .of(input, sites)
                .ifPresent(s -> vectors.put(input, s)));
    return vectors;
  }

  /** Smoothing helps where one step size serves all channels of an input: dynamic int8. */
  private boolean isSmoothed(Assignment.Assigned a) {
    return options.smooth() > 0
        && a.choice().encoding().arithmetic() == Arithmetic.DYNAMIC_INT8
        && (a.site().kind() == SiteKind.MATMUL || a.site().kind() == SiteKind.GEMM)
        && !a.site().isShared();
  }
}
