package io.compressor.pass.weights;

import io.compressor.encoding.activation.StaticPlan;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Model;
import io.compressor.recipe.QuantizeOptions;
import io.compressor.statistics.ConvInput;
import io.compressor.statistics.ConvWindow;
import io.compressor.statistics.StatisticsRequest;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Which statistics the options and the chosen forms call for. */
record Needs(QuantizeOptions options, Assignment assignment, Model model) {
  /** Share of the calibration samples that GPTQ is judged on instead of solved on. */
  private static final double HOLDOUT = 0.125;

  /** A wider unfolded input makes a Hessian that costs more than its convolution is worth. */
  private static final int WIDEST_CONV = 4096;

  /**
   * Under which name the moments of a site's inputs are kept: convolutions have windows of their
   * own.
   */
  static String key(Site site) {
    return site.kind() == SiteKind.CONV ? site.name() : site.input();
  }

  StatisticsRequest request() {
    Set<String> channels = new LinkedHashSet<>();
    Set<String> hessians = new LinkedHashSet<>();
    Map<String, ConvInput> convHessians = new LinkedHashMap<>();
    for (Site site : assignment.sites()) {
      if (site.kind() == SiteKind.GATHER) {
        continue;
      }
      if (site.kind() == SiteKind.CONV) {
        if (wantsMoments() && site.in() <= WIDEST_CONV) {
          convHessians.put(
              key(site),
              new ConvInput(site.input(), ConvWindow.of(site.node(), site.weight().dims())));
        }
      } else {
        if (options.smooth() > 0) {
          channels.add(site.input());
        }
        if (wantsMoments()) {
          hessians.add(site.input());
        }
      }
    }
    StatisticsRequest request =
        StatisticsRequest.none()
            .channelRanges(channels)
            .hessians(hessians)
            .convHessians(convHessians)
            .holdout(options.method() == QuantizeOptions.Method.GPTQ ? HOLDOUT : 0);
    if (assignment.staticSites().isEmpty()) {
      return request;
    }
    Set<String> ranges = StaticPlan.of(new GraphIndex(model), assignment.staticSites()).ranges();
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
