package io.compressor.pipeline;

import io.compressor.evaluate.Metric;
import io.compressor.formats.data.Dataset;
import io.compressor.recipe.Recipe;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** Whether there are enough evaluation samples for a drop as small as is allowed to show at all. */
final class Resolution {
  /** Metrics that count samples: one more wrong answer is 1/n. */
  private static final Set<String> COUNTING =
      Set.of("top1", "top5", "agreement", "probe-top1", "f1", "mcc");

  private Resolution() {}

  /**
   * @return what is short, with the number that would do; empty when all is well or nothing is
   *     limited
   */
  static Optional<String> shortage(
      List<Metric> metrics, Recipe recipe, Optional<Dataset> evaluation) {
    OptionalDouble drop =
        recipe.gates().maxDrop().isPresent() ? recipe.gates().maxDrop() : recipe.budget().maxDrop();
    if (drop.isEmpty() || evaluation.isEmpty() || !(drop.getAsDouble() > 0)) {
      return Optional.empty();
    }
    double limit = drop.getAsDouble();
    int n = evaluation.get().size();
    return metrics.stream()
        .filter(m -> COUNTING.contains(m.id()) && limit * n < 1)
        .findFirst()
        .map(
            m ->
                String.format(
                    Locale.ROOT,
                    "%d samples cannot show a drop of %.3g in %s, where one sample counts %.3g; at least %.0f would",
                    n,
                    limit,
                    m.id(),
                    1.0 / n,
                    Math.ceil(1 / limit)));
  }
}
