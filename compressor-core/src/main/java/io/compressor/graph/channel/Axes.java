package io.compressor.graph.channel;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.ValueTypes;
import io.compressor.ir.Node;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where an operator that only moves axes takes each of them from; all axes count from the end. */
final class Axes {
  /** Operators whose output has the shape of their first input. */
  static final Set<String> KEEPS_SHAPE =
      Set.of(
          "Identity",
          "Cast",
          "Dropout",
          "Neg",
          "Abs",
          "Relu",
          "LeakyRelu",
          "Elu",
          "Selu",
          "Celu",
          "Gelu",
          "FastGelu",
          "QuickGelu",
          "Sigmoid",
          "HardSigmoid",
          "HardSwish",
          "Mish",
          "Tanh",
          "Erf",
          "Sqrt",
          "Exp",
          "Log",
          "Reciprocal",
          "Floor",
          "Ceil",
          "Round",
          "Sign",
          "Sin",
          "Cos",
          "Softplus",
          "Softsign",
          "Clip",
          "Softmax",
          "LogSoftmax",
          "BatchNormalization",
          "LayerNormalization",
          "RMSNormalization",
          "SimplifiedLayerNormalization",
          "SkipLayerNormalization",
          "SkipSimplifiedLayerNormalization",
          "Not",
          "ThresholdedRelu");

  private Axes() {}

  /** The axes named by an attribute or a constant second input, as written. */
  static Optional<List<Long>> of(Node node, GraphIndex index) {
    return node.intsAttribute("axes")
        .or(() -> node.input(1).flatMap(index::longs))
        .map(a -> Arrays.stream(a).boxed().toList());
  }

  /** The input axis that a Transpose puts at {@code axis}. */
  static Optional<Integer> permuted(Node node, ValueTypes types, int axis) {
    Optional<long[]> perm = node.intsAttribute("perm");
    if (perm.isEmpty()) {
      return node.input(0).flatMap(types::rank).map(r -> -1 - axis - r).filter(a -> a < 0);
    }
    int rank = perm.get().length;
    return rank + axis >= 0 ? Optional.of((int) perm.get()[rank + axis] - rank) : Optional.empty();
  }

  /** The output axis at which a Transpose puts {@code axis}. */
  static Optional<Integer> permutedTo(Node node, ValueTypes types, int axis) {
    Optional<long[]> perm = node.intsAttribute("perm");
    if (perm.isEmpty()) {
      return permuted(node, types, axis);
    }
    int rank = perm.get().length;
    for (int i = 0; i < rank; i++) {
      if (perm.get()[i] == rank + axis) {
        return Optional.of(i - rank);
      }
    }
    return Optional.empty();
  }

  /** The input axis behind an Unsqueeze's output axis; 0 for an inserted one. */
  static Optional<Integer> inserted(Node node, GraphIndex index, ValueTypes types, int axis) {
    return between(node, index, types.rank(node.outputs().get(0)), axis);
  }

  /** The output axis of an Unsqueeze for an input axis. */
  static Optional<Integer> insertedTo(Node node, GraphIndex index, ValueTypes types, int axis) {
    return back(
        between(node, index, types.rank(node.outputs().get(0)), 0),
        node,
        index,
        types.rank(node.outputs().get(0)),
        axis);
  }

  /** The input axis behind a Squeeze's output axis. */
  static Optional<Integer> dropped(Node node, GraphIndex index, ValueTypes types, int axis) {
    Optional<Integer> rank = types.rank(node.inputs().get(0));
    return back(between(node, index, rank, 0), node, index, rank, axis);
  }

  /** The output axis of a Squeeze for an input axis; 0 for a dropped one. */
  static Optional<Integer> droppedTo(Node node, GraphIndex index, ValueTypes types, int axis) {
    return between(node, index, types.rank(node.inputs().get(0)), axis);
  }

  /**
   * Whether a Concat, Slice, Gather or Split works along {@code axis}, or moves it; also when that
   * is not known.
   */
  static boolean touches(Node node, GraphIndex index, ValueTypes types, int axis) {
    Optional<Integer> rank = types.rank(node.inputs().get(0));
    List<Long> worked;
    if (node.is("Slice")) {
      Optional<long[]> axes =
          node.intsAttribute("axes").or(() -> node.input(3).flatMap(index::longs));
      if (axes.isEmpty()) {
        return true;
      }
      worked = Arrays.stream(axes.get()).boxed().toList();
    } else {
      worked = List.of(node.intAttribute("axis", 0));
    }
    boolean gather = node.is("Gather");
    return worked.stream()
        .anyMatch(
            w -> {
              if (w >= 0 && rank.isEmpty()) {
                return true;
              }
              long at = w < 0 ? w : w - rank.orElse(0);
              return at == axis || (gather && at > axis);
            });
  }

  /** Shorter side's axis for the longer side's {@code axis}; 0 where only the longer has it. */
  private static Optional<Integer> between(
      Node node, GraphIndex index, Optional<Integer> longer, int axis) {
    Optional<List<Long>> axes = of(node, index);
    if (axes.isEmpty() || (longer.isEmpty() && axes.get().stream().anyMatch(a -> a >= 0))) {
      return Optional.empty();
    }
    int rank = longer.orElse(0);
    List<Integer> extra = axes.get().stream().map(a -> (int) (a >= 0 ? a - rank : a)).toList();
    if (extra.contains(axis)) {
      return Optional.of(0);
    }
    return Optional.of(axis + (int) extra.stream().filter(e -> e > axis).count());
  }

  private static Optional<Integer> back(
      Optional<Integer> known, Node node, GraphIndex index, Optional<Integer> longer, int axis) {
    if (known.isEmpty()) {
      return Optional.empty();
    }
    for (int candidate = axis; candidate > axis - 16; candidate--) {
      if (between(node, index, longer, candidate).filter(a -> a == axis).isPresent()) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }
}
