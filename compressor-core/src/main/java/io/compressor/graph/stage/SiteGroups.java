package io.compressor.graph.stage;

import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.ir.Model;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The order in which to quantize the sites of a stage so that each sees what the ones before it
 * left ("true sequential", GPTQ's reference implementation): sites that read the same value form
 * one group, and groups follow the graph. In a transformer block {q, k, v}, {o}, {gate, up},
 * {down}.
 */
public final class SiteGroups {
  private SiteGroups() {}

  public static List<List<Site>> of(Model model) {
    return of(SiteFinder.scan(model).sites());
  }

  /**
   * @param sites in graph order
   */
  public static List<List<Site>> of(List<Site> sites) {
    Map<String, List<Site>> byInput = new LinkedHashMap<>();
    for (Site site : sites) {
      byInput.computeIfAbsent(site.input(), k -> new ArrayList<>()).add(site);
    }
    return byInput.values().stream().map(List::copyOf).toList();
  }
}
