package io.compressor.pass.weights;

import io.compressor.encoding.activation.StaticPlan;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Model;
import io.compressor.recipe.QuantizeOptions;
import io.compressor.statistics.StatisticsRequest;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Which statistics the options and the chosen forms call for.
 *
 * @param anySubset whether some of the sites may be left in float in the end: then each one's input
 *     can be where a chain of integers begins
 */
record Needs(QuantizeOptions options, Assignment assignment, Model model, boolean anySubset) {
  /** Share of the calibration samples that GPTQ is judged on instead of solved on. */
  private static final double HOLDOUT = 0.125;

  /** See {@link InputMoments#key}. */
  static String key(Site site) {
    return InputMoments.key(site);
  }

  StatisticsRequest request() {
    Set<String> channels = new LinkedHashSet<>();
    for (Site site : assignment.sites()) {
      boolean linear = site.kind() != SiteKind.GATHER && site.kind() != SiteKind.CONV;
      if (linear && options.smooth() > 0) {
        channels.add(site.input());
      }
    }
    StatisticsRequest request =
        (wantsMoments() ? InputMoments.request(assignment.sites()) : StatisticsRequest.none())
            .channelRanges(channels)
            .holdout(options.method() == QuantizeOptions.Method.GPTQ ? HOLDOUT : 0);
    if (assignment.staticSites().isEmpty()) {
      return request;
    }
    Set<String> ranges =
        new LinkedHashSet<>(
            StaticPlan.of(new GraphIndex(model), assignment.staticSites()).ranges());
    if (anySubset) {
      assignment.staticSites().forEach(s -> ranges.add(s.input()));
    }
    return options.calibration() == QuantizeOptions.Calibration.MINMAX
        ? request.ranges(ranges)
        : request.histograms(ranges);
  }

  private boolean wantsMoments() {
    return options.method() == QuantizeOptions.Method.GPTQ
        || options.biasCorrection()
        || options.smooth() > 0;
  }
}
