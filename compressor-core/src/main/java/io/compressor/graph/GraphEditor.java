package io.compressor.graph;

import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The only way to change a graph's structure: a mutable working copy of the main graph that keeps
 * names unique and the order topological. Nodes are addressed by an output they produce, because
 * the node object itself changes when its inputs are rewired.
 *
 * <p>Thread-confined. {@link #build()} drops initializers that nothing reads any more.
 */
public final class GraphEditor {
  private final Model original;
  private final List<List<Node>> slots = new ArrayList<>();
  private final Map<String, Integer> slotOfOutput = new HashMap<>();
  private final Map<String, Tensor> initializers;
  private final Set<String> names = new HashSet<>();
  private Model header;

  public GraphEditor(Model model) {
    this.original = model;
    this.header = model;
    Graph graph = model.graph();
    this.initializers = new LinkedHashMap<>(graph.initializers());
    graph.nodes().forEach(n -> fill(List.of(n)));
    names.addAll(initializers.keySet());
    graph.inputs().forEach(v -> names.add(v.name()));
    graph.outputs().forEach(v -> names.add(v.name()));
    graph.sparseInitializers().forEach(s -> names.add(s.name()));
    ValueNames.everywhere(graph, names::add);
  }

  /** {@code base} itself when free, else {@code base_1}, {@code base_2} …; reserved from now on. */
  public String freshName(String base) {
    String name = base;
    for (int i = 1; !names.add(name); i++) {
      name = base + "_" + i;
    }
    return name;
  }

  /** Adds a constant under a fresh name derived from the tensor's own, and returns that name. */
  public String addInitializer(Tensor tensor) {
    String name = freshName(tensor.name());
    initializers.put(name, name.equals(tensor.name()) ? tensor : tensor.withName(name));
    return name;
  }

  /** The node that now produces {@code output}. */
  public Node producer(String output) {
    return slots.get(slot(output)).stream()
        .filter(n -> n.outputs().contains(output))
        .findFirst()
        .orElseThrow();
  }

  public boolean hasProducer(String output) {
    return slotOfOutput.containsKey(output);
  }

  /** Replaces the node that produces {@code output} by nodes that produce all its used outputs. */
  public void replace(String output, List<Node> replacement) {
    edit(output, n -> replacement);
  }

  /** Puts nodes right before the one that produces {@code output}. */
  public void insertBefore(String output, List<Node> added) {
    edit(
        output,
        n -> {
          List<Node> both = new ArrayList<>(added);
          both.add(n);
          return both;
        });
  }

  /** Puts nodes right after the one that produces {@code output}. */
  public void insertAfter(String output, List<Node> added) {
    edit(
        output,
        n -> {
          List<Node> both = new ArrayList<>(List.of(n));
          both.addAll(added);
          return both;
        });
  }

  /** Puts nodes at the very front, where only inputs and constants can be read. */
  public void prepend(List<Node> added) {
    slots.get(front()).addAll(0, added);
    added.forEach(n -> n.outputs().forEach(o -> slotOfOutput.put(o, 0)));
  }

  /** Changes the node that produces {@code output} in place. */
  public void update(String output, UnaryOperator<Node> change) {
    edit(output, n -> List.of(change.apply(n)));
  }

  /**
   * Lets every reader of {@code from} in the main graph read {@code to} instead. Graph outputs and
   * subgraphs keep their names.
   */
  public void replaceUses(String from, String to) {
    for (List<Node> slot : slots) {
      slot.replaceAll(
          n ->
              n.inputs().contains(from)
                  ? n.withInputs(n.inputs().stream().map(i -> i.equals(from) ? to : i).toList())
                  : n);
    }
  }

  /** Raises the version of a domain that the emitted nodes need; never lowers it. */
  public void requireOpset(String domain, long version) {
    header = header.withOpset(domain, version);
  }

  public void requireIrVersion(long version) {
    header = header.withIrVersion(Math.max(header.irVersion(), version));
  }

  /** The edited model. Value infos of values that no longer exist are dropped. */
  public Model build() {
    List<Node> nodes = slots.stream().flatMap(List::stream).toList();
    Graph old = original.graph();
    Set<String> read = new HashSet<>();
    old.outputs().forEach(v -> read.add(v.name()));
    Graph bare = old.withNodes(nodes);
    ValueNames.readsEverywhere(bare, read::add);
    Map<String, Tensor> kept = new LinkedHashMap<>(initializers);
    kept.keySet()
        .removeIf(
            n -> !read.contains(n) && !old.inputs().stream().anyMatch(v -> v.name().equals(n)));
    Set<String> made = new HashSet<>(kept.keySet());
    nodes.forEach(n -> made.addAll(n.outputs()));
    List<Value> infos = old.valueInfo().stream().filter(v -> made.contains(v.name())).toList();
    return header.withGraph(
        new Graph(
            old.name(),
            nodes,
            kept,
            old.sparseInitializers(),
            old.inputs(),
            old.outputs(),
            infos,
            old.extra()));
  }

  private int front() {
    if (slots.isEmpty()) {
      slots.add(new ArrayList<>());
    }
    return 0;
  }

  private void fill(List<Node> nodes) {
    slots.add(new ArrayList<>(nodes));
    nodes.forEach(n -> n.outputs().forEach(o -> slotOfOutput.put(o, slots.size() - 1)));
  }

  private int slot(String output) {
    Integer slot = slotOfOutput.get(output);
    if (slot == null) {
      throw new IllegalArgumentException("no node produces '" + output + "'");
    }
    return slot;
  }

  private void edit(String output, java.util.function.Function<Node, List<Node>> change) {
    int index = slot(output);
    List<Node> slot = slots.get(index);
    Node old = producer(output);
    int at = slot.indexOf(old);
    slot.remove(at);
    old.outputs().forEach(slotOfOutput::remove);
    List<Node> now = change.apply(old);
    slot.addAll(at, now);
    now.forEach(n -> n.outputs().forEach(o -> slotOfOutput.put(o, index)));
    now.forEach(n -> names.addAll(n.outputs()));
  }
}
