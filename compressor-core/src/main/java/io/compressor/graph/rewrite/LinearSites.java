package io.compressor.graph.rewrite;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.SiteKind;
import io.compressor.graph.ValueTypes;
import io.compressor.ir.Node;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Layers whose weights one node alone reads, found by node or by the value they end in. */
final class LinearSites {
  private final Map<String, Site> byNodeOutput = new HashMap<>();
  private final Map<String, Site> byResult = new HashMap<>();
  private final ValueTypes types;

  LinearSites(GraphIndex index) {
    this.types = new ValueTypes(index);
    for (Site site : SiteFinder.scan(index).sites()) {
      boolean multiplies =
          site.kind() == SiteKind.CONV
              || site.kind() == SiteKind.GEMM
              || (site.kind() == SiteKind.MATMUL && site.weightInput() == 1);
      if (multiplies && !site.isShared()) {
        byNodeOutput.put(site.output(), site);
        byResult.put(site.biasNode().map(n -> n.outputs().get(0)).orElse(site.output()), site);
      }
    }
  }

  /** The layer that {@code node} computes, without its separate bias. */
  Optional<Site> of(Node node) {
    return node.outputs().isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(byNodeOutput.get(node.outputs().get(0)));
  }

  /**
   * The layer whose result, bias included, is {@code value}, with its outputs along axis 1. A
   * MatMul puts them along the last axis, so it counts only where its result is known to be a
   * matrix.
   */
  Optional<Site> endingIn(String value) {
    return Optional.ofNullable(byResult.get(value))
        .filter(
            s -> s.kind() != SiteKind.MATMUL || types.rank(value).filter(r -> r == 2).isPresent());
  }
}
