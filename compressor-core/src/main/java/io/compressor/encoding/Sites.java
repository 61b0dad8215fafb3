package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.graph.WeightLayout;
import java.util.Optional;

/** Questions about sites that several encodings ask. */
final class Sites {
  private Sites() {}

  /** MatMul or Gemm with the weight on the right: x [.., in] times W. */
  static boolean isRightProduct(Site site) {
    return site.kind() == SiteKind.GEMM
        || (site.kind() == SiteKind.MATMUL && site.weightInput() == 1);
  }

  /** The layout [in, out], whatever the site's own one. */
  static WeightLayout inFirst(Site site) {
    return new WeightLayout(site.out(), site.in(), true);
  }

  /** Why the readers of a shared weight cannot all read one written form; empty when they can. */
  static Optional<String> refuseMixedUses(Site site) {
    boolean rows = site.kind() == SiteKind.GATHER;
    return site.uses().stream()
        .filter(n -> n.is("Gather") != rows)
        .findFirst()
        .map(n -> "the weight is also read by %s '%s'".formatted(n.opType(), n.label()));
  }

  /** Why the site is no product x · Wᵀ; empty when it is one. */
  static Optional<String> refuseUnlessRightProduct(Site site) {
    if (isRightProduct(site)) {
      return Optional.empty();
    }
    return Optional.of(
        site.kind() == SiteKind.MATMUL
            ? "the weight is the left operand of its MatMul"
            : "only MatMul and Gemm can be written this way, not " + site.node().opType());
  }
}
