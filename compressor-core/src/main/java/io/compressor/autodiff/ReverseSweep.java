package io.compressor.autodiff;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Graph;
import io.compressor.ir.Node;
import java.util.List;

/** Walks the nodes from the loss back, each once all gradients of its outputs are known. */
final class ReverseSweep {
  private final Graph graph;
  private final GradientRequest request;
  private final Adjoints adjoints;
  private final InferredTypes types;
  private final Tape tape;

  ReverseSweep(
      Graph graph, GradientRequest request, Adjoints adjoints, InferredTypes types, Tape tape) {
    this.graph = graph;
    this.request = request;
    this.adjoints = adjoints;
    this.types = types;
    this.tape = tape;
  }

  void run() {
    List<Node> nodes = graph.nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      node.outputs().forEach(o -> throughSurrogate(node, o));
      boolean open =
          node.outputs().stream()
              .anyMatch(o -> adjoints.has(o) && !request.surrogates().containsKey(o));
      if (open && node.inputs().stream().anyMatch(adjoints::wants)) {
        rule(node).apply(new NodeGradient(node, node.inputs(), adjoints, types, tape));
      }
    }
  }

  private void throughSurrogate(Node node, String output) {
    Surrogate surrogate = request.surrogates().get(output);
    if (surrogate != null && adjoints.has(output)) {
      Node alone = node.withOutputs(List.of(output));
      surrogate.rule().apply(new NodeGradient(alone, surrogate.inputs(), adjoints, types, tape));
    }
  }

  private GradientRule rule(Node node) {
    return Rules.find(node)
        .orElseThrow(
            () ->
                new CompressorException(
                    ErrorCode.MODEL,
                    node.label(),
                    node.opType()
                        + " has no gradient, and the loss depends on a parameter through it: "
                        + LossPath.through(graph, request, node),
                    Rules.isStep(node)
                        ? "its derivative is zero or undefined: declare a surrogate for '"
                            + node.outputs().get(0)
                            + "'"
                        : "leave out the parameters behind it"));
  }
}
