package io.compressor.statistics.stage;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.graph.Site;
import io.compressor.graph.stage.SiteWeights;
import io.compressor.graph.stage.Stage;
import io.compressor.ir.Model;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** New weights of sites, remembered where a later stage shares them. */
final class ReplacedWeights {
  private final List<Stage> stages;
  private final Map<String, float[]> shared = new LinkedHashMap<>();

  ReplacedWeights(List<Stage> stages) {
    this.stages = stages;
  }

  /**
   * The model with other weights.
   *
   * @param stage that the model is, or is the rest of
   * @param weights W [out × in] by site name
   * @throws CompressorException USAGE when the model has no such site
   */
  Model put(Stage stage, Model model, Map<String, float[]> weights) {
    Model replaced = model;
    for (Map.Entry<String, float[]> weight : weights.entrySet()) {
      String name = weight.getKey();
      List<Site> sites = stage.sites(replaced);
      Site site =
          sites.stream()
              .filter(s -> s.name().equals(name))
              .findFirst()
              .orElseThrow(() -> noSuchSite(stage, name, sites));
      replaced = SiteWeights.replace(replaced, site, weight.getValue());
      if (stages.subList(stage.index() + 1, stages.size()).stream()
          .anyMatch(s -> s.siteNames().containsValue(name))) {
        shared.put(name, weight.getValue());
      }
    }
    return replaced;
  }

  /** The model with what earlier stages gave weights that it shares with them. */
  Model takeOver(Stage stage, Model model) {
    Model replaced = model;
    for (Site site : stage.sites(model)) {
      float[] w = shared.get(site.name());
      if (w != null) {
        replaced = SiteWeights.replace(replaced, site, w);
      }
    }
    return replaced;
  }

  private static CompressorException noSuchSite(Stage stage, String name, List<Site> sites) {
    return new CompressorException(
        ErrorCode.USAGE,
        name,
        "what is left of stage '%s' has no such site; it has %s"
            .formatted(stage.name(), sites.stream().map(Site::name).toList()),
        "");
  }
}
