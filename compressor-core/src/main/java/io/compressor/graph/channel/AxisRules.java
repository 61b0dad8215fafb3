package io.compressor.graph.channel;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.ValueTypes;
import io.compressor.ir.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** One rule an operator: where a channel axis goes through it. What has no rule stops. */
final class AxisRules {
  private static final Set<String> LINEAR = Set.of("Identity", "Cast", "Dropout", "Neg");
  private static final Set<String> HOMOGENEOUS = Set.of("Relu", "LeakyRelu");
  private static final Set<String> NORMS =
      Set.of(
          "BatchNormalization",
          "LayerNormalization",
          "RMSNormalization",
          "SimplifiedLayerNormalization",
          "SkipLayerNormalization",
          "SkipSimplifiedLayerNormalization");
  private static final Set<String> CUTS = Set.of("Concat", "Slice", "Split", "Gather");
  private static final Set<String> SUMS = Set.of("ReduceMean", "ReduceSum");

  private final GraphIndex index;
  private final ValueTypes types;
  private final AxisSizes sizes;
  private final BroadcastRules broadcasts;

  AxisRules(GraphIndex index, ValueTypes types, AxisSizes sizes) {
    this.index = index;
    this.types = types;
    this.sizes = sizes;
    this.broadcasts = new BroadcastRules(index, types, sizes);
  }

  /** What {@code node}, which reads or produces the axis' value, does to it. */
  Effect of(Node node, Axis at) {
    String op = node.opType();
    if (op.equals("Shape") || op.equals("Size")) {
      return Effect.none();
    }
    boolean standard = node.is(op);
    if (BroadcastRules.OPERATORS.contains(op) && standard) {
      return broadcasts.of(node, at);
    }
    if (Axes.KEEPS_SHAPE.contains(op) && !NORMS.contains(op)) {
      return elementwise(node, at);
    }
    if (!standard) {
      return unknown(node);
    }
    if (op.startsWith("Reduce")) {
      return reduce(node, at);
    }
    if (CUTS.contains(op)) {
      return cut(node, at);
    }
    return switch (op) {
      case "BatchNormalization" -> batchNorm(node, at);
      case "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool" -> pool(node, at);
      case "MatMul" -> matMul(node, at);
      case "Transpose" ->
          moved(
              node,
              at,
              from(node, at) ? Axes.permutedTo(node, types, at.axis()) : backTranspose(node, at));
      case "Unsqueeze" ->
          moved(
              node,
              at,
              from(node, at)
                  ? Axes.insertedTo(node, index, types, at.axis())
                  : Axes.inserted(node, index, types, at.axis()));
      case "Squeeze" ->
          moved(
              node,
              at,
              from(node, at)
                  ? Axes.droppedTo(node, index, types, at.axis())
                  : Axes.dropped(node, index, types, at.axis()));
      case "Reshape", "Flatten" -> ReshapeRule.of(node, at, from(node, at), sizes);
      case "Expand" -> expand(node, at);
      default -> unknown(node);
    };
  }

  private Optional<Integer> backTranspose(Node node, Axis at) {
    return Axes.permuted(node, types, at.axis());
  }

  private static boolean from(Node node, Axis at) {
    return node.input(0).filter(at.value()::equals).isPresent();
  }

  private static Axis other(Node node, Axis at, int axis) {
    return new Axis(from(node, at) ? node.outputs().get(0) : node.inputs().get(0), axis);
  }

  private static Effect moved(Node node, Axis at, Optional<Integer> axis) {
    return axis.isPresent() && axis.get() < 0
        ? Effect.join(other(node, at, axis.get()))
        : Effect.stop(node.label(), node.opType() + " whose axes are not known");
  }

  private static Effect elementwise(Node node, Axis at) {
    if (!from(node, at) && !node.outputs().get(0).equals(at.value())) {
      return unknown(node);
    }
    Effect through = Effect.join(other(node, at, at.axis()));
    if (LINEAR.contains(node.opType())) {
      return through;
    }
    return HOMOGENEOUS.contains(node.opType())
        ? through.but(
            node.label(),
            node.opType() + " commutes with positive factors only",
            Transformation.POSITIVE_SCALING)
        : through.but(
            node.label(),
            node.opType() + " is not linear in the channels",
            Transformation.PERMUTATION);
  }

  private Effect reduce(Node node, Axis at) {
    Optional<List<Long>> axes = Axes.of(node, index);
    Optional<Integer> rank = types.rank(node.inputs().get(0));
    if (axes.isEmpty() || (rank.isEmpty() && axes.get().stream().anyMatch(a -> a >= 0))) {
      return Effect.stop(node.label(), node.opType() + " whose axes are not known");
    }
    boolean keeps = node.intAttribute("keepdims", 1) != 0;
    boolean from = from(node, at);
    boolean over =
        (from || keeps)
            && axes.get().stream().anyMatch(a -> a == at.axis() || a - rank.orElse(0) == at.axis());
    if (over) {
      return Effect.none()
          .but(
              node.label(),
              node.opType() + " takes all channels together",
              Transformation.PERMUTATION);
    }
    Effect through =
        keeps
            ? Effect.join(other(node, at, at.axis()))
            : moved(
                node,
                at,
                from
                    ? Axes.droppedTo(node, index, types, at.axis())
                    : Axes.dropped(node, index, types, at.axis()));
    return SUMS.contains(node.opType())
        ? through
        : through.but(
            node.label(),
            node.opType() + " is not linear in the channels",
            Transformation.PERMUTATION);
  }

  private Effect cut(Node node, Axis at) {
    boolean data = node.is("Concat") || from(node, at) || node.outputs().contains(at.value());
    if (!data) {
      return unknown(node);
    }
    if (Axes.touches(node, index, types, at.axis())) {
      return Effect.stop(
          node.label(),
          node.is("Concat")
              ? "Concat puts other channels beside these"
              : node.opType() + " takes a part of the channels (a rotary embedding pairs them)");
    }
    Stream<String> inputs =
        node.is("Concat") ? node.inputs().stream() : node.inputs().stream().limit(1);
    return Effect.join(
        Stream.concat(inputs, node.outputs().stream())
            .filter(v -> !v.isEmpty() && !v.equals(at.value()))
            .map(v -> new Axis(v, at.axis()))
            .toList());
  }

  private Effect batchNorm(Node node, Axis at) {
    Optional<Integer> rank = types.rank(node.inputs().get(0));
    boolean simple = node.outputs().stream().skip(1).noneMatch(index::isUsed);
    if (!simple || rank.isEmpty() || at.axis() != 1 - rank.get() || node.inputs().size() < 5) {
      return at.value().equals(node.inputs().get(0)) || node.outputs().contains(at.value())
          ? unknown(node)
          : Effect.join(new Axis(node.outputs().get(0), 1 - rank.orElse(4)));
    }
    List<Axis> joined = new ArrayList<>(List.of(other(node, at, at.axis())));
    node.inputs().subList(1, 5).forEach(c -> joined.add(new Axis(c, -1)));
    return Effect.join(joined)
        .but(node.label(), "BatchNormalization has a gain a channel", Transformation.PERMUTATION);
  }

  private Effect pool(Node node, Axis at) {
    Optional<Integer> rank = types.rank(node.inputs().get(0));
    if (rank.isEmpty() || at.axis() != 1 - rank.get() || node.outputs().size() > 1) {
      return unknown(node);
    }
    Effect through = Effect.join(other(node, at, at.axis()));
    return node.opType().endsWith("MaxPool")
        ? through.but(
            node.label(),
            node.opType() + " commutes with positive factors only",
            Transformation.POSITIVE_SCALING)
        : through;
  }

  private Effect expand(Node node, Axis at) {
    if (!from(node, at) && !node.outputs().get(0).equals(at.value())) {
      return unknown(node);
    }
    Axis there = other(node, at, at.axis());
    Optional<Long> here = sizes.of(at);
    return here.filter(n -> n > 1).isPresent() && here.equals(sizes.of(there))
        ? Effect.join(there)
        : Effect.stop(node.label(), "Expand that may repeat the channels");
  }

  /** The product of two computed values. */
  private Effect matMul(Node node, Axis at) {
    String a = node.inputs().get(0);
    String b = node.inputs().get(1);
    String y = node.outputs().get(0);
    boolean last = at.axis() == -1;
    // the rows of a and y exist only where a is a matrix too
    boolean known = isMatrix(b) && (last || at.value().equals(b) || isMatrix(a));
    if (!known || at.axis() < -2) {
      return Effect.stop(node.label(), "MatMul along an axis that is not analysed");
    }
    Effect all = Effect.none();
    if (at.value().equals(a)) {
      all = all.and(last ? contraction(node, new Axis(b, -2)) : Effect.join(new Axis(y, -2)));
    }
    if (at.value().equals(b)) {
      all = all.and(last ? Effect.join(new Axis(y, -1)) : contraction(node, new Axis(a, -1)));
    }
    if (at.value().equals(y)) {
      all = all.and(Effect.join(last ? new Axis(b, -1) : new Axis(a, -2)));
    }
    return all;
  }

  private boolean isMatrix(String value) {
    return types.rank(value).filter(r -> r >= 2).isPresent();
  }

  private static Effect contraction(Node node, Axis with) {
    return Effect.join(with)
        .but(
            node.label(),
            "scalar products of two values keep under rotations only",
            Transformation.ORTHOGONAL);
  }

  static Effect unknown(Node node) {
    return Effect.stop(node.label(), node.opType() + " is not analysed along this axis");
  }
}
