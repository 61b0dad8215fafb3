package io.compressor.graph.channel;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.ValueTypes;
import io.compressor.ir.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Channel axes through arithmetic with two or more operands, of which some may broadcast. */
final class BroadcastRules {
  static final Set<String> OPERATORS =
      Set.of("Add", "Sub", "Sum", "Mul", "Div", "Pow", "Min", "Max", "PRelu", "Where");

  private final GraphIndex index;
  private final ValueTypes types;
  private final AxisSizes sizes;

  BroadcastRules(GraphIndex index, ValueTypes types, AxisSizes sizes) {
    this.index = index;
    this.types = types;
    this.sizes = sizes;
  }

  Effect of(Node node, Axis at) {
    Optional<Long> size = sizes.of(at);
    if (size.isEmpty()) {
      return Effect.stop(node.label(), "the number of channels is not known here");
    }
    if (size.get() == 1) {
      return Effect.stop(node.label(), "a single channel may be repeated");
    }
    List<Integer> full = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      Optional<Boolean> carries = carries(node.inputs().get(i), at.axis(), size.get());
      if (carries.isEmpty()) {
        return Effect.stop(
            node.label(), "whether each operand has a number for each channel is not known");
      }
      if (carries.get()) {
        full.add(i);
      }
    }
    List<Axis> joined = new ArrayList<>();
    full.forEach(i -> joined.add(new Axis(node.inputs().get(i), at.axis())));
    joined.add(new Axis(node.outputs().get(0), at.axis()));
    joined.remove(at);
    return limit(node, full, Effect.join(joined));
  }

  private Effect limit(Node node, List<Integer> full, Effect through) {
    boolean all = full.size() == node.inputs().size();
    return switch (node.opType()) {
      case "Add", "Sub", "Sum" ->
          all
              ? through
              : through.but(
                  node.label(),
                  node.opType() + " of one number to all channels",
                  Transformation.PERMUTATION);
      case "Mul" -> all ? product(node, through) : through;
      case "Div" ->
          full.equals(List.of(0))
              ? through
              : full.contains(0) ? product(node, through) : nonlinear(node, through);
      default -> nonlinear(node, through);
    };
  }

  private Effect product(Node node, Effect through) {
    boolean gain = node.inputs().stream().anyMatch(i -> index.constant(i).isPresent());
    return gain
        ? through.but(
            node.label(),
            "a constant factor for each channel that other operators than weights read",
            Transformation.POSITIVE_SCALING)
        : through.but(
            node.label(),
            node.opType() + " of two values channel by channel",
            Transformation.PERMUTATION);
  }

  private static Effect nonlinear(Node node, Effect through) {
    return through.but(
        node.label(), node.opType() + " is not linear in the channels", Transformation.PERMUTATION);
  }

  /** Whether an operand has a number for each channel (true) or one for all (false). */
  private Optional<Boolean> carries(String operand, int axis, long size) {
    Optional<Integer> rank = types.rank(operand);
    if (rank.isPresent() && rank.get() + axis < 0) {
      return Optional.of(false);
    }
    return sizes.of(new Axis(operand, axis)).filter(n -> n == 1 || n == size).map(n -> n == size);
  }
}
