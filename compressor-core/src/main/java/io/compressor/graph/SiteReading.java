package io.compressor.graph;

import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.Optional;

/**
 * What one node says about the weight it reads: either a reading as W [out, in], or a reason why
 * not.
 */
sealed interface SiteReading {
  /** A weight seen through one node. */
  record Weight(
      SiteKind kind,
      Node node,
      int weightInput,
      ConstantSource source,
      WeightLayout layout,
      Optional<BiasSource> bias,
      String input)
      implements SiteReading {

    /** Whether W is the root tensor's own matrix, or its transpose; empty when it is neither. */
    Optional<Boolean> rootTransposed() {
      return switch (source.view()) {
        case SAME -> Optional.of(layout.transposed());
        case TRANSPOSED -> Optional.of(!layout.transposed());
        case RESHAPED -> Optional.empty();
      };
    }
  }

  /** A constant bias [out] and the node that adds it when that is not the weight's own node. */
  record BiasSource(Optional<Node> node, String root, Tensor tensor) {}

  /** A weight that is no site. */
  record Refused(String root, String reason) implements SiteReading {}
}
