package io.compressor.autodiff;

import java.util.List;

/**
 * Stands for the true derivative of a value that has none worth having (sign, round, argmax): the
 * gradient of the value goes to {@code inputs} as the rule says, and no further back along the
 * nodes that really make the value.
 *
 * @param name for messages and for the names of emitted nodes, such as {@code ste}
 * @param inputs what the rule's {@link NodeGradient#give} addresses, by position
 */
public record Surrogate(String name, List<String> inputs, GradientRule rule) {
  public Surrogate {
    inputs = List.copyOf(inputs);
  }

  /** The straight-through estimator: the gradient of the value is that of {@code input}. */
  public static Surrogate straightThrough(String input) {
    return new Surrogate("ste", List.of(input), at -> at.give(0, at.gradient()));
  }
}
