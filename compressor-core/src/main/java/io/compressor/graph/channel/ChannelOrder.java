package io.compressor.graph.channel;

import io.compressor.graph.GraphIndex;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Puts the channels of groups into another order: in what writes them, in what reads them and in
 * every constant along them. The model computes the same, and stores nothing more.
 */
public final class ChannelOrder {
  private ChannelOrder() {}

  /** Why the group's channels must stay in their order, as a sentence; empty when they need not. */
  public static Optional<String> refusal(ChannelGroup group, GraphIndex index) {
    Optional<String> barrier = group.barrierTo(Transformation.PERMUTATION);
    if (barrier.isPresent()) {
      return barrier;
    }
    if (group.writers().isEmpty() || group.readers().isEmpty()) {
      return Optional.of("nothing " + (group.writers().isEmpty() ? "writes" : "reads") + " it");
    }
    Optional<String> weight =
        Stream.concat(group.writers().stream(), group.readers().stream())
            .filter(e -> !ChannelSlices.isPlain(e.site(), index))
            .findFirst()
            .map(e -> "'" + e.site().name() + "' is no float constant of its own");
    return weight.or(() -> constant(group, index));
  }

  /**
   * @param orders for each group, the old places of its channels in their new order
   */
  public static Model of(Model model, Map<ChannelGroup, int[]> orders) {
    ChannelSlices slices = new ChannelSlices(model);
    orders.forEach(slices::take);
    return slices.build();
  }

  private static Optional<String> constant(ChannelGroup group, GraphIndex index) {
    Set<String> constants = new LinkedHashSet<>();
    group.constants().forEach(c -> constants.add(c.value()));
    Set<String> folded = new LinkedHashSet<>();
    for (NormUse use : group.norms()) {
      use.norm().gain().ifPresent(g -> folded.add(g.value()));
      use.norm().shift().ifPresent(s -> folded.add(s.value()));
    }
    folded.removeAll(constants);
    return Stream.concat(constants.stream(), folded.stream())
        .filter(c -> !isFloats(c, index) || (folded.contains(c) && index.consumers(c).size() > 1))
        .findFirst()
        .map(c -> "'" + c + "' is no float constant of its own");
  }

  private static boolean isFloats(String constant, GraphIndex index) {
    Tensor stored = index.model().graph().initializers().get(constant);
    return stored != null && stored.type() == ElementType.FLOAT;
  }
}
