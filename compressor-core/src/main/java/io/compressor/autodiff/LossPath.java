package io.compressor.autodiff;

import io.compressor.ir.Graph;
import io.compressor.ir.Node;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** A shortest way from a loss over a node to a parameter, for messages. */
final class LossPath {
  private LossPath() {}

  static String through(Graph graph, GradientRequest request, Node node) {
    Map<String, Node> producers = new HashMap<>();
    Map<String, List<Node>> readers = new HashMap<>();
    for (Node one : graph.nodes()) {
      one.outputs().forEach(o -> producers.put(o, one));
      one.inputs().forEach(i -> readers.computeIfAbsent(i, x -> new ArrayList<>()).add(one));
    }
    List<String> down =
        walk(
            node.outputs(),
            request.seeds().keySet(),
            v -> readers.getOrDefault(v, List.of()).stream().map(Node::outputs).toList());
    Collections.reverse(down);
    List<String> up =
        walk(
            node.inputs(),
            new HashSet<>(request.parameters()),
            v -> producers.containsKey(v) ? List.of(producers.get(v).inputs()) : List.of());
    return shortened(down) + " ← [" + node.opType() + "] ← " + shortened(up);
  }

  private static List<String> walk(
      List<String> from, Set<String> goals, Function<String, List<List<String>>> next) {
    Map<String, String> before = new HashMap<>();
    Deque<String> open = new ArrayDeque<>();
    from.stream().filter(v -> !v.isEmpty()).forEach(v -> visit(v, "", before, open));
    while (!open.isEmpty()) {
      String value = open.poll();
      if (goals.contains(value)) {
        return traced(value, before);
      }
      next.apply(value).forEach(vs -> vs.forEach(v -> visit(v, value, before, open)));
    }
    return new ArrayList<>();
  }

  private static void visit(
      String value, String from, Map<String, String> before, Deque<String> open) {
    if (!value.isEmpty() && before.putIfAbsent(value, from) == null) {
      open.add(value);
    }
  }

  private static List<String> traced(String value, Map<String, String> before) {
    List<String> path = new ArrayList<>();
    for (String at = value; !at.isEmpty(); at = before.getOrDefault(at, "")) {
      path.add(0, at);
    }
    return path;
  }

  private static String shortened(List<String> path) {
    return path.size() <= 6
        ? String.join(" ← ", path)
        : String.join(" ← ", path.subList(0, 3))
            + " ← … ← "
            + String.join(" ← ", path.subList(path.size() - 3, path.size()));
  }
}
