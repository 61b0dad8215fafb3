package io.compressor.pass.prune;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.graph.Skipped;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.weights.SiteTask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Which weights can be pruned: those of linear layers and convolutions, as constants of their own.
 */
final class Prunable {
  private Prunable() {}

  /**
   * @param skipped receives the others with reasons
   * @throws CompressorException MODEL when none is left, or one holds NaN or infinity
   */
  static List<Site> of(Model model, List<Site> sites, List<Skipped> skipped) {
    List<Site> prunable = new ArrayList<>();
    for (Site site : sites) {
      Optional<String> refused = refuse(model, site);
      refused.ifPresentOrElse(
          r -> skipped.add(new Skipped(site.name(), r)), () -> prunable.add(site));
    }
    if (prunable.isEmpty()) {
      throw new CompressorException(
          ErrorCode.MODEL,
          "model",
          "it has no weight that can be pruned"
              + skipped.stream()
                  .findFirst()
                  .map(s -> " (" + s.name() + ": " + s.reason() + ", …)")
                  .orElse(""),
          "prune takes float32 weights of MatMul, Gemm and Conv, before any step that codes them");
    }
    prunable.forEach(SiteTask::finiteWeight);
    return prunable;
  }

  private static Optional<String> refuse(Model model, Site site) {
    if (site.kind() == SiteKind.GATHER || site.uses().stream().anyMatch(n -> n.is("Gather"))) {
      return Optional.of("rows of a table are looked up, not summed: not pruned");
    }
    if (site.weight().type() != ElementType.FLOAT) {
      return Optional.of("its weight is " + site.weight().type() + ", only FLOAT is pruned");
    }
    Tensor stored = model.graph().initializers().get(site.weight().name());
    if (stored == null || !Arrays.equals(stored.dims(), site.weight().dims())) {
      return Optional.of("its weight is made by other nodes");
    }
    return Optional.empty();
  }
}
