package io.compressor.graph;

import io.compressor.ir.AttributeValue;
import io.compressor.ir.Graph;
import io.compressor.ir.Node;
import java.util.List;
import java.util.function.Consumer;

/** Walks the value names of a graph and of the subgraphs inside it (If, Loop, Scan). */
public final class ValueNames {
  private ValueNames() {}

  /** Every name that any node reads or writes, subgraphs included. */
  public static void everywhere(Graph graph, Consumer<String> sink) {
    for (Node node : graph.nodes()) {
      node.outputs().forEach(sink);
    }
    readsEverywhere(graph, sink);
  }

  /** Every name that any node reads or any subgraph returns, subgraphs included. */
  public static void readsEverywhere(Graph graph, Consumer<String> sink) {
    for (Node node : graph.nodes()) {
      node.inputs().forEach(sink);
      for (Graph inner : subgraphs(node)) {
        inner.outputs().forEach(v -> sink.accept(v.name()));
        everywhere(inner, sink);
      }
    }
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
