package io.compressor.graph.rotate;

import io.compressor.graph.Skipped;
import io.compressor.graph.channel.ChannelGroup;
import io.compressor.graph.channel.Transformation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Names the weights of a transformer whose input no rotation reaches because the analysis stops
 * there: a fused attention operator, queries, keys and values from one weight.
 */
final class UnreachedInputs {
  private UnreachedInputs() {}

  /** Weights that write to a stream and read channels that nothing may change. */
  static List<Skipped> of(List<ChannelGroup> groups) {
    Set<String> streamWriters = new HashSet<>();
    for (ChannelGroup group : groups) {
      if (!group.norms().isEmpty()) {
        group.writers().forEach(e -> streamWriters.add(e.site().output()));
      }
    }
    List<Skipped> found = new ArrayList<>();
    for (ChannelGroup group : groups) {
      boolean fixed =
          group.norms().isEmpty()
              && !group.hasHeads()
              && group.transformation() == Transformation.NONE;
      if (fixed
          && group.readers().stream().anyMatch(e -> streamWriters.contains(e.site().output()))) {
        RotateGroup.refusal(group)
            .ifPresent(r -> found.add(new Skipped(group.name(), "its input: " + r)));
      }
    }
    return found;
  }
}
