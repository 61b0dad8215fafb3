package io.compressor.pass.reste;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Shortcuts;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.SiteKind;
import io.compressor.graph.Skipped;
import io.compressor.graph.ValueOrigin;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which weights become binary: all but the first and the last of the model and 1×1 convolutions in
 * front of a sum, which are shortcuts.
 *
 * @param binary in graph order
 * @param signed names of those whose input becomes ±1 too
 * @param skipped the others, with reasons; and those of {@code binary} that keep their input, with
 *     reasons under {@code kept}
 * @param kept why inputs stay as they are
 */
record BinarySites(
    List<Site> binary, Set<String> signed, List<Skipped> skipped, List<Skipped> kept) {
  /**
   * @param candidates those that the recipe matches
   */
  static BinarySites of(Model model, List<Site> candidates, boolean weightsOnly) {
    GraphIndex index = new GraphIndex(model);
    List<Site> all =
        SiteFinder.scan(index).sites().stream().filter(s -> s.kind() != SiteKind.GATHER).toList();
    List<Site> binary = new ArrayList<>();
    Set<String> signed = new LinkedHashSet<>();
    List<Skipped> skipped = new ArrayList<>();
    List<Skipped> kept = new ArrayList<>();
    for (Site site : candidates) {
      Optional<String> reason = refuse(site, all, index);
      if (reason.isPresent()) {
        skipped.add(new Skipped(site.name(), reason.get()));
        continue;
      }
      binary.add(site);
      if (weightsOnly) {
        continue;
      }
      Optional<String> constant = neverNegative(site.input(), index);
      constant.ifPresent(c -> kept.add(new Skipped(site.name(), c)));
      if (constant.isEmpty()) {
        signed.add(site.name());
      }
    }
    return new BinarySites(binary, signed, skipped, kept);
  }

  private static Optional<String> refuse(Site site, List<Site> all, GraphIndex index) {
    if (site.kind() == SiteKind.GATHER) {
      return Optional.of("embedding tables do not become binary");
    }
    if (site.isShared()) {
      return Optional.of("%d nodes share the weight".formatted(site.uses().size()));
    }
    if (site.name().equals(all.get(0).name())) {
      return Optional.of("the first layer stays in float: its inputs are the data");
    }
    if (site.name().equals(all.get(all.size() - 1).name())) {
      return Optional.of("the last layer stays in float: its outputs are the scores");
    }
    if (site.kind() == SiteKind.CONV && site.node().intAttribute("group", 1) != 1) {
      return Optional.of("grouped convolution: too few inputs an output for one bit a weight");
    }
    if (site.kind() == SiteKind.MATMUL && site.weightInput() == 0) {
      return Optional.of("the weight is the left operand of its MatMul");
    }
    Tensor stored = index.model().graph().initializers().get(site.weight().name());
    if (stored == null || !Arrays.equals(stored.dims(), site.weight().dims())) {
      return Optional.of("the weight is made by other nodes, not a constant of its own");
    }
    return Shortcuts.isPointwise(index, site)
        ? Optional.of("a 1×1 convolution in front of a sum: shortcuts stay in float")
        : Optional.empty();
  }

  /** Why the sign of a value would always be the same. */
  private static Optional<String> neverNegative(String value, GraphIndex index) {
    return ValueOrigin.neverNegative(index, value)
        .map(
            n ->
                "its input comes from %s and is never negative, so its sign would say nothing"
                    .formatted(n.opType()));
  }
}
