package io.compressor.graph.channel;

import io.compressor.ir.Node;
import java.util.List;
import java.util.Optional;

/**
 * A normalisation over the last axis, whether one node or spelled out in many.
 *
 * @param label what to call it in messages
 * @param kind whether it subtracts the mean
 * @param inputs values it adds up and normalises: one, or two for the fused skip forms
 * @param sum the value of that sum, where the fused form hands it on
 * @param normalized the value after the division, before gain and shift; the output of a fused form
 * @param output the value after gain and shift
 * @param nodes all nodes it is made of, in graph order
 * @param gain the constant factor [channels]
 * @param shift the constant that is added [channels]
 * @param core the decomposed form's value whose mean square is taken: the input, or the input less
 *     its mean; the first input in fused forms
 * @param epsilon what is added under the root
 */
public record Norm(
    String label,
    Kind kind,
    List<String> inputs,
    Optional<String> sum,
    String normalized,
    String output,
    List<Node> nodes,
    Optional<Operand> gain,
    Optional<Operand> shift,
    String core,
    float epsilon) {
  public Norm {
    inputs = List.copyOf(inputs);
    nodes = List.copyOf(nodes);
  }

  /** What is divided by its root mean square. */
  public enum Kind {
    /** The input itself. */
    RMS,
    /** The input less its mean. */
    LAYER
  }

  /** A constant input: which node reads it and where. */
  public record Operand(Node node, int input) {
    /** The constant's name. */
    public String value() {
      return node.inputs().get(input);
    }
  }

  public boolean isFused() {
    return nodes.size() == 1;
  }
}
