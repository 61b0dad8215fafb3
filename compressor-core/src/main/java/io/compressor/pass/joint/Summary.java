package io.compressor.pass.joint;

import io.compressor.recipe.Treatment;
import io.compressor.solver.allocate.Allocation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a search says about itself, for the report. */
final class Summary {
  private Summary() {}

  /**
   * @param sum of what was measured for single weights
   * @param rounds of refining that were allowed
   */
  static List<String> of(
      Stock stock, Sample sample, Allocation sum, Refinement.Result found, int rounds) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (Chosen one : stock.chosen(found.chosen())) {
      counts.merge(kind(one.item().treatment()), 1, Integer::sum);
    }
    List<String> parts = new ArrayList<>();
    counts.forEach((kind, n) -> parts.add(n + " " + kind));
    return List.of(
        "joint: of %d weights %s; %d treatments were measured on %d samples"
            .formatted(
                found.chosen().length, String.join(", ", parts), stock.all().size(), sample.size()),
        "joint: loss of the outputs (%s) predicted %s, of the file %s; %d of %d rounds helped"
            .formatted(
                sample.words(), number(sum.error()), number(found.loss()), found.rounds(), rounds));
  }

  private static String kind(Treatment t) {
    return t.rank() > 0
        ? "as two factors"
        : t.zeros() > 0 ? "with zeros" : t.isNone() ? "in float" : "in codes alone";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }
}
