package io.compressor.graph.channel;

import java.util.List;
import java.util.Optional;

/**
 * Channels that exist once and appear in many places: whoever changes them in one place must change
 * them in all.
 *
 * @param name the first writer's or reader's weight
 * @param size number of channels; of one head, where heads repeat them
 * @param transformation the strongest change that every operator in between lets through
 * @param members the axes that carry the channels, in graph order
 * @param writers weights that produce the channels
 * @param readers weights that consume them
 * @param constants constants with the group's channels along an axis
 * @param norms normalisations over the channels; a gain that only readers see is no barrier
 * @param barriers why the transformation is not stronger, one for each distinct reason and place
 */
public record ChannelGroup(
    String name,
    int size,
    Transformation transformation,
    List<Axis> members,
    List<Endpoint> writers,
    List<Endpoint> readers,
    List<ChannelConstant> constants,
    List<NormUse> norms,
    List<Barrier> barriers) {
  public ChannelGroup {
    members = List.copyOf(members);
    writers = List.copyOf(writers);
    readers = List.copyOf(readers);
    constants = List.copyOf(constants);
    norms = List.copyOf(norms);
    barriers = List.copyOf(barriers);
  }

  /** Whether the channels repeat, head by head, in the weights at the ends. */
  public boolean hasHeads() {
    return writers.stream().anyMatch(e -> e.blocks() > 1)
        || readers.stream().anyMatch(e -> e.blocks() > 1);
  }

  /** What is in the way of a transformation, as a sentence. */
  Optional<String> barrierTo(Transformation wanted) {
    return barriers.stream()
        .filter(b -> !b.allows().allows(wanted))
        .findFirst()
        .map(b -> b.reason() + " ('" + b.at() + "')");
  }
}
