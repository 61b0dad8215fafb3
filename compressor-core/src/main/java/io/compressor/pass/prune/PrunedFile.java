package io.compressor.pass.prune;

import io.compressor.encoding.Emission;
import io.compressor.encoding.MaskedStorage;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.opset.OpsetRaiser;
import io.compressor.graph.opset.RaiseResult;
import io.compressor.ir.Model;
import io.compressor.pass.SiteDecision;
import io.compressor.recipe.PruneOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes pruned weights in the form that was asked for, where it is smaller than the floats. */
final class PrunedFile {
  private final PruneOptions.Storage storage;
  private final List<String> warnings = new ArrayList<>();

  PrunedFile(PruneOptions.Storage storage) {
    this.storage = storage;
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** What a layer takes in the file. */
  long bytes(Site site, long kept) {
    return isMasked(site, kept)
        ? MaskedStorage.bytes(site, kept, isEightBit())
        : site.weight().byteCount();
  }

  /**
   * @param model with the pruned weights as its constants
   */
  Model write(Model model, List<PrunedWeight> weights) {
    List<PrunedWeight> masked =
        weights.stream().filter(w -> isMasked(w.site(), (long) w.size() - w.zeros())).toList();
    if (masked.isEmpty()) {
      return model;
    }
    Model ready = model;
    if (model.opset() < MaskedStorage.OPSET) {
      RaiseResult raised = OpsetRaiser.raise(model, MaskedStorage.OPSET);
      if (!raised.succeeded()) {
        warnings.add(
            "pruned weights are stored dense: the model cannot be raised to opset %d (%s)"
                .formatted(MaskedStorage.OPSET, raised.refused()));
        return model;
      }
      ready = raised.model();
    }
    Map<String, Site> sites =
        SiteFinder.scan(ready).sites().stream()
            .collect(
                Collectors.toMap(Site::name, Function.identity(), (a, b) -> a, LinkedHashMap::new));
    Emission emission = new Emission(ready);
    for (PrunedWeight weight : masked) {
      MaskedStorage.emit(
          emission, Objects.requireNonNull(sites.get(weight.site().name())), isEightBit());
    }
    return emission.build();
  }

  /**
   * @param error distortion that the layer's curve predicts; empty where none was measured
   */
  SiteDecision decision(PrunedWeight weight, OptionalDouble error) {
    Site site = weight.site();
    long kept = (long) weight.size() - weight.zeros();
    boolean masked = isMasked(site, kept);
    return new SiteDecision(
        site,
        "prune",
        "%.1f%% zero".formatted(100.0 * weight.zeros() / weight.size()),
        masked ? MaskedStorage.id(isEightBit()) : "float",
        site.node().opType(),
        "1.9",
        site.weight().byteCount(),
        bytes(site, kept),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        (masked ? "smaller download, the speed of the dense layer" : "the mask would cost more")
            + (error.isPresent()
                ? "; alone it costs %.2g of the outputs' power".formatted(error.getAsDouble())
                : ""),
        List.of());
  }

  private boolean isMasked(Site site, long kept) {
    return storage != PruneOptions.Storage.DENSE
        && MaskedStorage.bytes(site, kept, isEightBit()) < site.weight().byteCount();
  }

  private boolean isEightBit() {
    return storage == PruneOptions.Storage.MASK_8BIT;
  }
}
