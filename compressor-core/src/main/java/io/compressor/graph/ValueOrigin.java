package io.compressor.graph;

import io.compressor.ir.Node;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/** Where a value comes from, behind nodes that hand on what they were given. */
public final class ValueOrigin {
  private static final Set<String> KEEPS_VALUES =
      Set.of("Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze");

  private static final Set<String> KEEPS_SIGN =
      Set.of(
          "MaxPool",
          "AveragePool",
          "GlobalAveragePool",
          "Flatten",
          "Reshape",
          "Transpose",
          "Squeeze",
          "Unsqueeze",
          "Dropout",
          "Identity");

  private static final Set<String> NEVER_NEGATIVE = Set.of("Relu", "Sigmoid", "Softmax", "Abs");

  private ValueOrigin() {}

  /** The first value upwards that no node of the given types makes from its first input. */
  public static String behind(GraphIndex index, String value, Collection<String> passing) {
    String at = value;
    Optional<Node> producer = index.producer(at);
    while (producer.isPresent() && passing.contains(producer.get().opType())) {
      at = producer.get().input(0).orElse("");
      producer = index.producer(at);
    }
    return at;
  }

  /** Whether a value holds what a Softmax made, in whatever shape. */
  public static boolean isSoftmax(GraphIndex index, String value) {
    return index
        .producer(behind(index, value, KEEPS_VALUES))
        .filter(n -> n.opType().equals("Softmax"))
        .isPresent();
  }

  /** The node that keeps a value from ever being negative. */
  public static Optional<Node> neverNegative(GraphIndex index, String value) {
    return index
        .producer(behind(index, value, KEEPS_SIGN))
        .filter(n -> NEVER_NEGATIVE.contains(n.opType()));
  }
}
