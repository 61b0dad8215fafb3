package io.compressor.graph.rotate;

import io.compressor.graph.SiteKind;
import io.compressor.graph.channel.Barrier;
import io.compressor.graph.channel.ChannelConstant;
import io.compressor.graph.channel.ChannelGroup;
import io.compressor.graph.channel.Endpoint;
import io.compressor.graph.channel.Transformation;
import io.compressor.solver.rotation.OrthogonalMatrix;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One orthogonal matrix over all of a group: what is written is multiplied by Q and what is read
 * expects it so (QuaRot, section 4; SpinQuant, arXiv 2405.16406, R1 and R2).
 */
final class RotateGroup {
  private RotateGroup() {}

  /** Why the group cannot be rotated. */
  static Optional<String> refusal(ChannelGroup group) {
    Optional<Barrier> barrier =
        group.barriers().stream()
            .filter(b -> !b.allows().allows(Transformation.ORTHOGONAL))
            .findFirst();
    if (barrier.isPresent()) {
      return barrier.map(b -> b.reason() + " (at '" + b.at() + "')");
    }
    for (Endpoint end : ends(group).toList()) {
      if (end.site().kind() == SiteKind.CONV) {
        return Optional.of("'" + end.site().name() + "' is the weight of a Conv");
      }
      if (!DerivedTensor.TYPES.contains(end.site().weight().type())) {
        return Optional.of(
            "'%s' is %s, not FLOAT or FLOAT16"
                .formatted(end.site().name(), end.site().weight().type()));
      }
      if (end.site().weight().byteCount() > DerivedTensor.MAX_BYTES) {
        return Optional.of("'" + end.site().name() + "' is larger than 2 GiB");
      }
    }
    return Optional.empty();
  }

  static void plan(ChannelGroup group, OrthogonalMatrix q, RotationPlan plan) {
    LineOp turn = LineOp.rotate(q);
    group.writers().forEach(e -> plan.weight(e.site()).onWritten(turn));
    group.readers().forEach(e -> plan.weight(e.site()).onRead(turn));
    for (ChannelConstant constant : group.constants()) {
      plan.constant(constant, List.of(turn));
    }
  }

  private static Stream<Endpoint> ends(ChannelGroup group) {
    return Stream.concat(group.writers().stream(), group.readers().stream());
  }
}
