package io.compressor.formats.onnx;

import io.compressor.ir.Graph;
import io.compressor.ir.Node;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The dependencies between the nodes of one graph. A node depends on the producers of its inputs
 * and of all that its subgraphs capture.
 */
final class NodeOrder {
  private final List<Node> nodes;
  private final List<List<Integer>> producers = new ArrayList<>();
  private final BitSet placed = new BitSet();
  private final List<Node> sorted = new ArrayList<>();

  private NodeOrder(List<Node> nodes) {
    this.nodes = nodes;
  }

  /** Stable: among the nodes that are ready, the one that comes first in the file goes first. */
  static NodeOrder of(List<Node> nodes) {
    NodeOrder order = new NodeOrder(nodes);
    order.link();
    order.sort();
    return order;
  }

  /** Whether every node already comes after all that it reads. */
  boolean isSorted() {
    for (int i = 0; i < nodes.size(); i++) {
      for (int producer : producers.get(i)) {
        if (producer >= i) {
          return false;
        }
      }
    }
    return true;
  }

  /** The nodes in order; incomplete when there is a cycle. */
  List<Node> sorted() {
    return sorted;
  }

  /** The nodes of one cycle, each reading from the next; empty when there is none. */
  List<Node> cycle() {
    int at = placed.nextClearBit(0);
    if (at >= nodes.size()) {
      return List.of();
    }
    Set<Integer> path = new LinkedHashSet<>();
    while (path.add(at)) {
      at = producers.get(at).stream().filter(p -> !placed.get(p)).findFirst().orElseThrow();
    }
    List<Integer> walked = new ArrayList<>(path);
    return walked.subList(walked.indexOf(at), walked.size()).stream().map(nodes::get).toList();
  }

  /** Every name a node reads, those that its subgraphs take from outside included. */
  static Set<String> reads(Node node) {
    Set<String> names = new LinkedHashSet<>();
    node.inputs().stream().filter(n -> !n.isEmpty()).forEach(names::add);
    node.subgraphs().forEach(g -> names.addAll(captured(g)));
    return names;
  }

  private static Set<String> captured(Graph graph) {
    Set<String> names = new LinkedHashSet<>();
    graph.nodes().forEach(n -> names.addAll(reads(n)));
    graph.outputs().forEach(v -> names.add(v.name()));
    Set<String> own = new HashSet<>(graph.initializers().keySet());
    graph.inputs().forEach(v -> own.add(v.name()));
    graph.sparseInitializers().forEach(s -> own.add(s.name()));
    graph.nodes().forEach(n -> own.addAll(n.outputs()));
    names.removeAll(own);
    return names;
  }

  private void link() {
    Map<String, Integer> producerOf = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      for (String output : nodes.get(i).outputs()) {
        producerOf.putIfAbsent(output, i);
      }
    }
    for (Node node : nodes) {
      producers.add(
          reads(node).stream().filter(producerOf::containsKey).map(producerOf::get).toList());
    }
  }

  private void sort() {
    List<List<Integer>> readers = new ArrayList<>();
    nodes.forEach(n -> readers.add(new ArrayList<>(2)));
    int[] waiting = new int[nodes.size()];
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < nodes.size(); i++) {
      waiting[i] = producers.get(i).size();
      for (int producer : producers.get(i)) {
        readers.get(producer).add(i);
      }
      if (waiting[i] == 0) {
        ready.add(i);
      }
    }
    while (!ready.isEmpty()) {
      int next = ready.remove();
      placed.set(next);
      sorted.add(nodes.get(next));
      for (int reader : readers.get(next)) {
        if (--waiting[reader] == 0) {
          ready.add(reader);
        }
      }
    }
  }
}
