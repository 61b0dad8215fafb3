package io.compressor.graph;

import io.compressor.ir.Attribute;
import io.compressor.ir.AttributeValue;
import io.compressor.ir.Graph;
import io.compressor.ir.Node;
import io.compressor.ir.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Rewrites nodes together with the graphs inside their attributes. */
public final class Subgraphs {
  private Subgraphs() {}

  /** The node with every graph in its attributes replaced; the same node when it holds none. */
  public static Node map(Node node, UnaryOperator<Graph> change) {
    if (ValueNames.subgraphs(node).isEmpty()) {
      return node;
    }
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    node.attributes()
        .forEach(
            (key, a) ->
                attributes.put(
                    key, new Attribute(a.name(), mapValue(a.value(), change), a.extra())));
    return node.withAttributes(attributes);
  }

  /** Lets the node, and any subgraph in it that captures {@code from}, read {@code to} instead. */
  public static Node renameReads(Node node, String from, String to) {
    Node renamed =
        node.inputs().contains(from)
            ? node.withInputs(node.inputs().stream().map(i -> i.equals(from) ? to : i).toList())
            : node;
    return map(
        renamed, g -> ValueNames.captures(g).contains(from) ? renameCapture(g, from, to) : g);
  }

  private static Graph renameCapture(Graph graph, String from, String to) {
    List<Node> nodes = graph.nodes().stream().map(n -> renameReads(n, from, to)).toList();
    List<Value> outputs =
        graph.outputs().stream().map(v -> v.name().equals(from) ? renamed(v, to) : v).toList();
    return graph.withNodes(nodes).withOutputs(outputs);
  }

  private static Value renamed(Value value, String name) {
    return value
        .type()
        .map(t -> Value.of(name, t))
        .orElseGet(() -> new Value(name, Optional.empty(), io.compressor.ir.Bytes.empty()));
  }

  private static AttributeValue mapValue(AttributeValue value, UnaryOperator<Graph> change) {
    if (value instanceof AttributeValue.OfGraph g) {
      return new AttributeValue.OfGraph(change.apply(g.value()));
    }
    if (value instanceof AttributeValue.OfGraphs gs) {
      return new AttributeValue.OfGraphs(gs.values().stream().map(change).toList());
    }
    return value;
  }
}
