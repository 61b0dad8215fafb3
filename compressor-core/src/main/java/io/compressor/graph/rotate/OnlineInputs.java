package io.compressor.graph.rotate;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.graph.channel.ChannelGroup;
import io.compressor.graph.channel.Endpoint;
import io.compressor.graph.channel.Transformation;
import io.compressor.solver.rotation.KroneckerRotation;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Rotates the input of weights behind a nonlinearity, which no weight before them can do: x · W =
 * (x · Q) · (Qᵀ · W), with x · Q computed by the graph (QuaRot, section 4, the down projection).
 */
final class OnlineInputs {
  private OnlineInputs() {}

  /** Weights that write to a stream and read neurons. */
  static void plan(List<ChannelGroup> groups, RotationOptions options, RotationPlan plan) {
    Set<String> writers = new HashSet<>();
    for (ChannelGroup group : groups) {
      if (!group.norms().isEmpty()) {
        group.writers().forEach(e -> writers.add(e.site().output()));
      }
    }
    int planned = 0;
    String shape = "";
    for (ChannelGroup group : groups) {
      boolean neurons =
          group.norms().isEmpty()
              && !group.hasHeads()
              && group.transformation().allows(Transformation.PERMUTATION)
              && !group.transformation().allows(Transformation.ORTHOGONAL);
      for (Endpoint end : group.readers()) {
        if (neurons && writers.contains(end.site().output()) && isLinear(end.site())) {
          KroneckerRotation q =
              KroneckerRotation.of(end.site().in(), options.seedFor(end.site().name()));
          plan.weight(end.site()).onRead(LineOp.rotate(q));
          plan.online(end.site(), q);
          shape = q.shape();
          planned++;
        }
      }
    }
    if (planned > 0) {
      plan.log(
          "the input of %d weights is rotated while the graph runs (%s)".formatted(planned, shape));
    }
  }

  private static boolean isLinear(Site site) {
    return DerivedTensor.TYPES.contains(site.weight().type())
        && (site.kind() == SiteKind.GEMM
            || (site.kind() == SiteKind.MATMUL && site.weightInput() == 1));
  }
}
