package io.compressor.graph;

import io.compressor.ir.AttributeValue;
import io.compressor.ir.Graph;
import io.compressor.ir.Node;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Walks the value names of a graph and of the subgraphs inside it (If, Loop, Scan). */
public final class ValueNames {
  private ValueNames() {}

  /**
   * Every value name in the graph and in its subgraphs: inputs, constants, node inputs and outputs,
   * returned values. Names may come more than once.
   */
  public static void everywhere(Graph graph, Consumer<String> sink) {
    graph.initializers().keySet().forEach(sink);
    graph.sparseInitializers().forEach(s -> sink.accept(s.name()));
    graph.inputs().forEach(v -> sink.accept(v.name()));
    graph.outputs().forEach(v -> sink.accept(v.name()));
    for (Node node : graph.nodes()) {
      node.inputs().forEach(sink);
      node.outputs().forEach(sink);
      subgraphs(node).forEach(g -> everywhere(g, sink));
    }
  }

  /** Every name a node reads from the graph that holds it: its inputs and what it captures. */
  public static Set<String> reads(Node node) {
    Set<String> names = new LinkedHashSet<>(node.inputs());
    subgraphs(node).forEach(g -> names.addAll(captures(g)));
    names.remove("");
    return names;
  }

  /** Names that a subgraph reads or returns but does not define: it takes them from outside. */
  public static Set<String> captures(Graph inner) {
    Set<String> defined = new HashSet<>(inner.initializers().keySet());
    inner.sparseInitializers().forEach(s -> defined.add(s.name()));
    inner.inputs().forEach(v -> defined.add(v.name()));
    inner.nodes().forEach(n -> defined.addAll(n.outputs()));
    Set<String> free = new LinkedHashSet<>();
    inner.nodes().forEach(n -> free.addAll(reads(n)));
    inner.outputs().forEach(v -> free.add(v.name()));
    free.removeAll(defined);
    return free;
  }

  /** The graphs held by a node's attributes. */
  public static List<Graph> subgraphs(Node node) {
    return node.attributes().values().stream()
        .flatMap(
            a ->
                a.value() instanceof AttributeValue.OfGraph g
                    ? List.of(g.value()).stream()
                    : a.value() instanceof AttributeValue.OfGraphs gs
                        ? gs.values().stream()
                        : List.<Graph>of().stream())
        .toList();
  }
}
