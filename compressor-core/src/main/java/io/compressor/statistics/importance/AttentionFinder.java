package io.compressor.statistics.importance;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.ValueNames;
import io.compressor.graph.ValueTypes;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * Finds attentions by structure. A decomposed one is a Softmax over the last axis whose input is a
 * product of two computed matrices (queries and keys) after scaling and masking, and whose output
 * is the left side of a product with a computed matrix (values). A gate of experts has a constant
 * on one of these sides, a classifier's Softmax has no product after it.
 *
 * <p>Attention that multiplies transposed probabilities from the right is not recognised.
 */
public final class AttentionFinder {
  private static final Set<String> AFTER =
      Set.of("Dropout", "Cast", "Where", "Mul", "Identity", "Reshape", "Squeeze", "Unsqueeze");

  private static final Set<String> BEFORE =
      Set.of(
          "Add",
          "Sub",
          "Mul",
          "Div",
          "Where",
          "Cast",
          "Identity",
          "Reshape",
          "Squeeze",
          "Unsqueeze",
          "Tanh",
          "Max",
          "Clip",
          "Dropout");

  private final GraphIndex index;
  private final ValueTypes types;
  private final Set<String> computed;

  private AttentionFinder(Model model) {
    this.index = new GraphIndex(model);
    this.types = new ValueTypes(index);
    this.computed = computed(model);
  }

  /** All attentions of the main graph in its order. */
  public static List<AttentionProbabilities> find(Model model) {
    AttentionFinder finder = new AttentionFinder(model);
    List<AttentionProbabilities> found = new ArrayList<>();
    for (Node node : model.graph().nodes()) {
      if (finder.isAttention(node)) {
        String output = node.outputs().get(0);
        found.add(new AttentionProbabilities(node, Optional.of(output), Optional.empty()));
      } else if (FusedAttention.isFused(node)) {
        Optional<String> refusal = new FusedAttention(finder.index, finder.types, node).refusal();
        found.add(new AttentionProbabilities(node, Optional.empty(), refusal));
      }
    }
    return found;
  }

  private boolean isAttention(Node node) {
    return node.is("Softmax")
        && node.input(0).isPresent()
        && isOverLastAxis(node)
        && comesFromScores(node.inputs().get(0))
        && weightsValues(node.outputs().get(0));
  }

  /** Below opset 13 the axis is where the flattening starts, which must be the last one, too. */
  private boolean isOverLastAxis(Node node) {
    long axis = node.intAttribute("axis", index.model().opset() < 13 ? 1 : -1);
    Optional<Integer> rank = types.rank(node.inputs().get(0));
    return axis == -1 || rank.map(r -> axis == r - 1).orElse(axis == 3);
  }

  private boolean comesFromScores(String value) {
    return reaches(
        value,
        v -> index.producer(v).stream().toList(),
        (node, v) -> node.is("MatMul") && computed.containsAll(node.inputs()),
        node -> BEFORE.contains(node.opType()) ? node.inputs() : List.of());
  }

  private boolean weightsValues(String probabilities) {
    return reaches(
        probabilities,
        index::consumers,
        (node, v) ->
            node.is("MatMul")
                && node.inputs().get(0).equals(v)
                && computed.contains(node.inputs().get(1)),
        node -> AFTER.contains(node.opType()) ? node.outputs().subList(0, 1) : List.of());
  }

  /** Whether going from value to value meets a wanted node. */
  private static boolean reaches(
      String start,
      Function<String, List<Node>> nodes,
      BiPredicate<Node, String> wanted,
      Function<Node, List<String>> next) {
    Deque<String> open = new ArrayDeque<>(List.of(start));
    Set<String> seen = new HashSet<>();
    while (!open.isEmpty()) {
      String value = open.pop();
      for (Node node : seen.add(value) ? nodes.apply(value) : List.<Node>of()) {
        if (wanted.test(node, value)) {
          return true;
        }
        open.addAll(node.is(node.opType()) ? next.apply(node) : List.of());
      }
    }
    return false;
  }

  /** Values that depend on the content of an input, not only on its shape. */
  private static Set<String> computed(Model model) {
    Set<String> computed = new HashSet<>();
    model.graph().requiredInputs().forEach(v -> computed.add(v.name()));
    for (Node node : model.graph().nodes()) {
      boolean shapeOnly = node.is("Shape") || node.is("Size");
      if (!shapeOnly && ValueNames.reads(node).stream().anyMatch(computed::contains)) {
        computed.addAll(node.outputs());
      }
    }
    computed.remove("");
    return computed;
  }
}
