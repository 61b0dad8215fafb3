package io.compressor.graph.rotate;

import io.compressor.graph.Site;
import io.compressor.graph.channel.ChannelConstant;
import io.compressor.graph.channel.ChannelGroup;
import io.compressor.graph.channel.Norm;
import io.compressor.graph.channel.NormUse;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Takes the mean over the channels out of everything that is written to the stream, so that a layer
 * norm has none to subtract and becomes an RMS norm (SliceGPT, arXiv 2401.15024, section 3.1).
 * Never done to a stream of RMS norms: there the mean counts.
 */
final class CentreWriters {
  private CentreWriters() {}

  static boolean isNeeded(ChannelGroup stream) {
    return stream.norms().stream().anyMatch(n -> n.norm().kind() == Norm.Kind.LAYER);
  }

  /** Why the mean cannot be taken out. */
  static Optional<String> refusal(ChannelGroup stream) {
    if (!isNeeded(stream)) {
      return Optional.empty();
    }
    if (stream.hasHeads()) {
      return Optional.of("a layer norm over channels that also appear head by head");
    }
    if (stream.norms().stream().anyMatch(n -> n.norm().kind() == Norm.Kind.RMS)) {
      return Optional.of("layer norms and RMS norms over the same channels");
    }
    Set<String> behindNorms = new HashSet<>();
    for (NormUse use : stream.norms()) {
      use.readers().stream().map(Site::output).forEach(behindNorms::add);
    }
    return stream.readers().stream()
        .filter(e -> !behindNorms.contains(e.site().output()))
        .findFirst()
        .map(
            e ->
                "'%s' reads the stream without a layer norm, so its mean counts"
                    .formatted(e.site().name()));
  }

  /** Must come before the stream is rotated: the mean is over the old channels. */
  static void plan(ChannelGroup stream, RotationPlan plan) {
    stream.writers().forEach(e -> plan.weight(e.site()).onWritten(LineOp.centre()));
    for (ChannelConstant constant : stream.constants()) {
      plan.constant(constant, List.of(LineOp.centre()));
    }
    plan.log(
        "took the mean out of what is written to '%s': layer norms became RMS norms"
            .formatted(stream.name()));
  }
}
