package io.compressor.pass.precision;

import io.compressor.evaluate.PairedResult;
import io.compressor.recipe.PrecisionOptions;
import io.compressor.solver.mixed.LevelSearch;
import io.compressor.solver.mixed.PairModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a search says about itself, for the report. */
final class Summary {
  private static final double CONFIDENCE = 0.95;

  private Summary() {}

  static List<String> of(
      Choices choices,
      int[] levels,
      PairModel model,
      LevelSearch.Result found,
      Optional<PairedResult> score,
      double limit,
      Sensitivities sensitivities,
      PrecisionOptions options) {
    List<String> all = new ArrayList<>();
    all.add(
        "precision: %s; %d evaluations (bound of the bisection %d, %d to polish, %d steps back)"
            .formatted(
                counts(choices, levels),
                found.evaluations(),
                found.bound(),
                found.polishing(),
                found.backtracks()));
    if (score.isEmpty()) {
      all.add("precision: no narrower weight keeps the drop within " + number(limit));
      return all;
    }
    PairedResult result = score.get();
    all.add(
        "precision: %s drops by %s on %d held-out samples, %s allowed"
            .formatted(
                result.metric().id(), number(result.drop().value()), result.n(), number(limit)));
    if (result.drop().undecided(limit, CONFIDENCE)) {
      double needed = result.drop().samplesToDecide(limit, CONFIDENCE);
      all.add(
          "precision: %d held-out samples cannot tell a drop of %s at 95%% confidence%s"
              .formatted(
                  result.n(),
                  number(limit),
                  Double.isFinite(needed) ? "; about %.0f would".formatted(needed) : ""));
    }
    if (isModelled(options)) {
      all.add(
          "precision: loss of the outputs predicted %s (single layers alone %s), realised %s"
              .formatted(
                  number(model.predicted(levels)),
                  number(model.singles(levels)),
                  number(sensitivities.loss(levels))));
    }
    return all;
  }

  private static boolean isModelled(PrecisionOptions options) {
    return options.order() != PrecisionOptions.Order.RANDOM
        && options.order() != PrecisionOptions.Order.LAST_LAYERS;
  }

  private static String counts(Choices choices, int[] levels) {
    List<String> parts = new ArrayList<>();
    for (int l = 0; l < choices.levels(); l++) {
      int level = l;
      long count = Arrays.stream(levels).filter(c -> c == level).count();
      if (count > 0) {
        parts.add(
            count + (l == 0 ? " weights in float" : " in " + choices.bits().get(l) + " bits"));
      }
    }
    return String.join(", ", parts);
  }

  static String number(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }
}
