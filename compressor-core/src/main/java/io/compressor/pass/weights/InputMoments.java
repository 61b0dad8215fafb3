package io.compressor.pass.weights;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.ConvInput;
import io.compressor.statistics.ConvWindow;
import io.compressor.statistics.Moments;
import io.compressor.statistics.StatisticsRequest;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Second moments of what sites read: how they are asked for and found again. */
public final class InputMoments {
  /** A wider unfolded input makes a Hessian that costs more than its convolution is worth. */
  private static final int WIDEST_CONV = 4096;

  private InputMoments() {}

  /**
   * Under which name the moments of a site's inputs are kept: convolutions have windows of their
   * own.
   */
  public static String key(Site site) {
    return site.kind() == SiteKind.CONV ? site.name() : site.input();
  }

  /** The moments of all sites' inputs, tables and the widest convolutions left out. */
  public static StatisticsRequest request(List<Site> sites) {
    Set<String> dense = new LinkedHashSet<>();
    Map<String, ConvInput> convolutions = new LinkedHashMap<>();
    for (Site site : sites) {
      if (site.kind() == SiteKind.CONV && site.in() <= WIDEST_CONV) {
        convolutions.put(
            key(site),
            new ConvInput(site.input(), ConvWindow.of(site.node(), site.weight().dims())));
      } else if (site.kind() != SiteKind.CONV && site.kind() != SiteKind.GATHER) {
        dense.add(site.input());
      }
    }
    return StatisticsRequest.none().hessians(dense).convHessians(convolutions);
  }

  /** Those that a solver can use: one group, and rows behind them. */
  public static Optional<Moments> of(Site site, ActivationStatistics statistics) {
    return Optional.ofNullable(statistics.moments().get(key(site)))
        .filter(m -> m.groups() == 1 && m.rows() > 0);
  }
}
