package io.compressor.graph;

import io.compressor.ir.Node;
import java.util.Arrays;
import java.util.Optional;

/** 1×1 convolutions beside a chain of layers, which carry what the chain is added to. */
public final class Shortcuts {
  private Shortcuts() {}

  /** Whether its output, normalised or not, joins another by a sum. */
  public static boolean isPointwise(GraphIndex index, Site site) {
    boolean pointwise =
        site.kind() == SiteKind.CONV
            && Arrays.stream(site.weight().dims()).skip(2).allMatch(d -> d == 1);
    if (!pointwise) {
      return false;
    }
    Optional<Node> reader = index.soleConsumer(site.output());
    if (reader.filter(n -> n.is("BatchNormalization")).isPresent()) {
      reader = index.soleConsumer(reader.get().outputs().get(0));
    }
    return reader
        .filter(n -> n.is("Add") && n.inputs().stream().allMatch(i -> index.constant(i).isEmpty()))
        .isPresent();
  }
}
