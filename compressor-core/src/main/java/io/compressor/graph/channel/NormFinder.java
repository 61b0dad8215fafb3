package io.compressor.graph.channel;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.ValueTypes;
import io.compressor.ir.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds every RMS and layer normalisation over the last axis, in the fused spellings ({@code
 * LayerNormalization}, {@code RMSNormalization}, {@code SimplifiedLayerNormalization} and ONNX
 * Runtime's skip forms) and spelled out: square, mean, epsilon, root, division, gain, shift.
 */
public final class NormFinder {
  private final GraphIndex index;
  private final ValueTypes types;

  private NormFinder(GraphIndex index, ValueTypes types) {
    this.index = index;
    this.types = types;
  }

  /** All norms of the main graph, in graph order. */
  public static List<Norm> find(GraphIndex index, ValueTypes types) {
    NormFinder finder = new NormFinder(index, types);
    DecomposedNorm decomposed = new DecomposedNorm(index, types);
    List<Norm> found = new ArrayList<>();
    for (Node node : index.model().graph().nodes()) {
      finder.fused(node).or(() -> decomposed.endingIn(node)).ifPresent(found::add);
    }
    return found;
  }

  private Optional<Norm> fused(Node node) {
    return switch (node.opType()) {
      case "LayerNormalization" -> plain(node, Norm.Kind.LAYER, 2);
      case "SimplifiedLayerNormalization", "RMSNormalization" -> plain(node, Norm.Kind.RMS, -1);
      case "SkipLayerNormalization" -> skip(node, Norm.Kind.LAYER, 3);
      case "SkipSimplifiedLayerNormalization" -> skip(node, Norm.Kind.RMS, -1);
      default -> Optional.empty();
    };
  }

  private Optional<Norm> plain(Node node, Norm.Kind kind, int shift) {
    long axis = node.intAttribute("axis", -1);
    boolean last =
        axis == -1 || node.input(0).flatMap(types::rank).filter(r -> r - 1 == axis).isPresent();
    return last
        ? fused(node, kind, 1, 1, shift, node.floatAttribute("epsilon", 1e-5f))
        : Optional.empty();
  }

  private Optional<Norm> skip(Node node, Norm.Kind kind, int shift) {
    return fused(node, kind, 2, 2, shift, node.floatAttribute("epsilon", 1e-12f));
  }

  private Optional<Norm> fused(
      Node node, Norm.Kind kind, int summands, int gain, int shift, float epsilon) {
    boolean statistics =
        node.outputs().stream().skip(1).limit(2).anyMatch(o -> !o.isEmpty() && index.isUsed(o));
    boolean complete = true;
    for (int i = 0; i < summands; i++) {
      complete &= node.input(i).isPresent();
    }
    if (statistics || !complete || node.outputs().isEmpty() || !isVector(node, gain)) {
      return Optional.empty();
    }
    boolean shifts = shift >= 0 && node.input(shift).isPresent();
    if (shifts && !isVector(node, shift)) {
      return Optional.empty();
    }
    String output = node.outputs().get(0);
    return Optional.of(
        new Norm(
            node.label(),
            kind,
            node.inputs().subList(0, summands),
            node.outputs().size() > 3
                ? Optional.of(node.outputs().get(3)).filter(s -> !s.isEmpty())
                : Optional.empty(),
            output,
            output,
            List.of(node),
            Optional.of(new Norm.Operand(node, gain)),
            shifts ? Optional.of(new Norm.Operand(node, shift)) : Optional.empty(),
            node.inputs().get(0),
            epsilon));
  }

  private boolean isVector(Node node, int input) {
    return node.input(input)
        .flatMap(index::constant)
        .filter(t -> t.rank() == 1 && t.type().isFloat())
        .isPresent();
  }
}
