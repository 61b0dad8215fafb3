package io.compressor.graph;

import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** How long the vectors are that exporters assemble to describe shapes: the rank of a Reshape. */
final class ShapeVectors {
  /** Longer chains are hostile rather than useful, and recursion must stay shallow. */
  private static final int MAX_CHAIN = 32;

  private final Map<String, Optional<Integer>> known = new HashMap<>();
  private final GraphIndex index;
  private final Function<String, Optional<Integer>> ranks;

  ShapeVectors(GraphIndex index, Function<String, Optional<Integer>> ranks) {
    this.index = index;
    this.ranks = ranks;
  }

  /** How many numbers a shape vector holds. */
  Optional<Integer> length(String vector) {
    return length(vector, 0);
  }

  private Optional<Integer> length(String vector, int depth) {
    Optional<Integer> found = known.get(vector);
    if (found != null || depth > MAX_CHAIN) {
      return found == null ? Optional.empty() : found;
    }
    known.put(vector, Optional.empty()); // a cycle ends here
    Optional<Tensor> constant = index.constant(vector);
    found =
        constant.isPresent()
            ? constant.map(t -> (int) t.elements())
            : index.producer(vector).flatMap(n -> lengthMade(n, depth + 1));
    known.put(vector, found);
    return found;
  }

  private Optional<Integer> lengthMade(Node node, int depth) {
    return switch (node.opType()) {
      case "Shape" ->
          node.attributes().isEmpty() ? node.input(0).flatMap(ranks) : Optional.<Integer>empty();
      case "Unsqueeze" -> node.input(0).flatMap(ranks).filter(r -> r == 0).map(r -> 1);
      case "Cast", "Identity" -> node.input(0).flatMap(i -> length(i, depth));
      case "Gather" -> node.input(1).flatMap(index::constant).map(t -> (int) t.elements());
      case "Slice" -> node.input(0).flatMap(i -> length(i, depth)).flatMap(n -> sliced(node, n));
      case "Concat" -> {
        int sum = 0;
        for (String part : node.inputs()) {
          Optional<Integer> n = length(part, depth);
          if (n.isEmpty()) {
            yield Optional.empty();
          }
          sum += n.get();
        }
        yield Optional.of(sum);
      }
      default -> Optional.empty();
    };
  }

  /** Length of a vector of {@code n} after a Slice with constant bounds and step 1. */
  private Optional<Integer> sliced(Node node, int n) {
    Optional<long[]> start = numbers(node, "starts", 1);
    Optional<long[]> end = numbers(node, "ends", 2);
    boolean steps = node.input(4).isPresent() && !isOne(numbers(node, "steps", 4));
    if (steps || start.isEmpty() || end.isEmpty()) {
      return Optional.empty();
    }
    long from = clamp(start.get()[0], n);
    return Optional.of((int) Math.max(0, clamp(end.get()[0], n) - from));
  }

  private Optional<long[]> numbers(Node node, String attribute, int input) {
    return node.intsAttribute(attribute)
        .or(() -> node.input(input).flatMap(index::longs))
        .filter(v -> v.length == 1);
  }

  private static boolean isOne(Optional<long[]> steps) {
    return steps.filter(s -> s[0] == 1).isPresent();
  }

  private static long clamp(long bound, int n) {
    return Math.max(0, Math.min(n, bound < 0 ? bound + n : bound));
  }
}
