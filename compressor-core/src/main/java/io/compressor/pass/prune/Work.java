package io.compressor.pass.prune;

import io.compressor.graph.Site;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Taps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Multiplications of each layer on one batch: outputs times columns. What a channel costs is
 * counted, not timed, so that results do not depend on the machine; the report times the file.
 */
final class Work {
  private final Map<String, Long> byWeight = new LinkedHashMap<>();

  private Work() {}

  static Work of(Model model, List<Site> sites, Map<String, Tensor> feeds) {
    List<String> values = sites.stream().map(Site::output).distinct().toList();
    Work work = new Work();
    try (RuntimeSession session =
        RuntimeSession.open(
            Taps.only(Taps.expose(model, values), values), SessionSettings.withThreads(1))) {
      Map<String, Tensor> made = session.run(feeds);
      for (Site site : sites) {
        Tensor output = made.get(site.output());
        long elements = output == null ? 0 : output.elements();
        work.byWeight.merge(site.weight().name(), elements * site.in(), Long::sum);
      }
    }
    return work;
  }

  long of(Site site) {
    return byWeight.getOrDefault(site.weight().name(), 0L);
  }

  long total() {
    return byWeight.values().stream().mapToLong(w -> w).sum();
  }
}
