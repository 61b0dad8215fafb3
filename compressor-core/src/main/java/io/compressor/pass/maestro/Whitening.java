package io.compressor.pass.maestro;

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

/** Second moments of what weights read. */
final class Whitening {
  /** A wider unfolded input makes a Hessian that costs more than its convolution is worth. */
  private static final int WIDEST_CONV = 4096;

  private Whitening() {}

  static String key(Site site) {
    return site.kind() == SiteKind.CONV ? site.name() : site.input();
  }

  static StatisticsRequest request(List<Site> sites) {
    Set<String> dense = new LinkedHashSet<>();
    Map<String, ConvInput> windows = new LinkedHashMap<>();
    for (Site site : sites) {
      if (site.kind() != SiteKind.CONV && site.weightInput() == 1) {
        dense.add(site.input());
      } else if (site.kind() == SiteKind.CONV && site.in() <= WIDEST_CONV) {
        windows.put(
            key(site),
            new ConvInput(site.input(), ConvWindow.of(site.node(), site.weight().dims())));
      }
    }
    return StatisticsRequest.none().hessians(dense).convHessians(windows);
  }

  /** Empty where none was asked for or nothing was seen. */
  static Optional<Moments> of(Site site, ActivationStatistics statistics) {
    return Optional.ofNullable(statistics.moments().get(key(site)))
        .filter(m -> m.groups() == 1 && m.rows() > 0 && m.size() == site.in());
  }
}
