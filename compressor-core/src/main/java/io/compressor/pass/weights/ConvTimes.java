package io.compressor.pass.weights;

import io.compressor.encoding.ConvProbe;
import io.compressor.formats.data.Dataset;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Tensor;
import io.compressor.pass.PassScope;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Taps;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Times of convolutions, at the shape that a sample gives them. */
public final class ConvTimes {
  private ConvTimes() {}

  /**
   * @param scope the sites were found in its model
   * @return by site, of those that are convolutions and could be timed
   */
  public static Map<String, ConvProbe.Times> of(PassScope scope, List<Assignment> assignments) {
    Map<String, Site> sites = new LinkedHashMap<>();
    assignments.forEach(a -> a.sites().forEach(s -> sites.put(s.name(), s)));
    return of(scope, sites.values());
  }

  /** As {@link #of(PassScope, List)}. */
  public static Map<String, ConvProbe.Times> of(PassScope scope, Collection<Site> sites) {
    List<Site> convolutions = sites.stream().filter(s -> s.kind() == SiteKind.CONV).toList();
    if (convolutions.isEmpty()) {
      return Map.of();
    }
    List<String> inputs = convolutions.stream().map(Site::input).distinct().toList();
    Dataset data = scope.calibration().orElseThrow();
    Map<String, ConvProbe.Times> times = new LinkedHashMap<>();
    try (RuntimeSession session =
        RuntimeSession.open(
            Taps.only(Taps.expose(scope.model(), inputs), inputs),
            SessionSettings.withThreads(scope.engine().parallelism()))) {
      Map<String, Tensor> shapes =
          session.run(data.batch(0, data.fixedBatch().orElse(1)).inputs(), inputs);
      ConvProbe probe = ConvProbe.beside(scope.forms().probe());
      convolutions.forEach(
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
