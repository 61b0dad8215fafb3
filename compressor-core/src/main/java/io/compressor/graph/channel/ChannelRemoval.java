package io.compressor.graph.channel;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Takes channels of groups out of a model: rows of what writes them, columns of what reads them,
 * entries of every constant along them. What is left is an ordinary, smaller network.
 */
public final class ChannelRemoval {
  /** Operators that carry the size of an axis in a constant or an attribute. */
  private static final Set<String> SIZED =
      Set.of("Reshape", "Expand", "Tile", "Slice", "Split", "Pad", "Resize", "Flatten");

  private ChannelRemoval() {}

  /** Why channels of the group cannot be taken out, as a sentence; empty when they can. */
  public static Optional<String> refusal(ChannelGroup group, GraphIndex index) {
    Optional<String> barrier = group.barrierTo(Transformation.PERMUTATION);
    if (barrier.isPresent()) {
      return barrier;
    }
    if (group.hasHeads()) {
      return Optional.of("its channels lie inside attention heads");
    }
    if (group.writers().isEmpty() || group.readers().isEmpty()) {
      return Optional.of("nothing " + (group.writers().isEmpty() ? "writes" : "reads") + " it");
    }
    if (!group.norms().isEmpty()) {
      return Optional.of("a norm takes its statistics over the channels");
    }
    for (Axis member : group.members()) {
      Stream<Node> around =
          Stream.concat(
              index.producer(member.value()).stream(), index.consumers(member.value()).stream());
      Optional<Node> sized = around.filter(n -> SIZED.contains(n.opType())).findFirst();
      if (sized.isPresent()) {
        return sized.map(n -> n.opType() + " fixes its size ('" + n.label() + "')");
      }
    }
    return ends(group)
        .filter(e -> e.site().kind() == SiteKind.GATHER || !ChannelSlices.isPlain(e.site(), index))
        .findFirst()
        .map(e -> "'" + e.site().name() + "' is no float constant of its own");
  }

  /**
   * @param kept channels that stay, ascending, for each group
   */
  public static Model of(Model model, Map<ChannelGroup, int[]> kept) {
    ChannelSlices slices = new ChannelSlices(model);
    kept.forEach(
        (group, channels) -> {
          slices.take(group, channels);
          slices.forgetTypes(group);
        });
    return slices.build();
  }

  private static Stream<Endpoint> ends(ChannelGroup group) {
    return Stream.concat(group.writers().stream(), group.readers().stream());
  }
}
