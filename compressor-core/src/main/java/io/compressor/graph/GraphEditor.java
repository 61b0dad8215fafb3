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
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The only way to change a graph's structure: a mutable working copy of the main graph that keeps
 * names unique (subgraphs included) and the order topological. Nodes are addressed by an output
 * they produce, because the node object itself changes when its inputs are rewired.
 *
 * <p>Added nodes stand where they are put, so they may read only what is computed before that
 * place; the model verifier tells when they do not. Thread-confined. {@link #build()} drops nodes
 * and initializers that nothing reads any more.
 */
public final class GraphEditor {
  private final Graph original;
  private final List<List<Node>> slots = new ArrayList<>();
  private final Map<String, Integer> slotOfOutput = new HashMap<>();
  private final Map<String, Tensor> initializers;
  private final Set<String> names = new HashSet<>();
  private final Set<String> forgotten = new HashSet<>();
  private final Set<String> watched = new HashSet<>();
  private Model header;

  public GraphEditor(Model model) {
    this.header = model;
    this.original = model.graph();
    this.initializers = new LinkedHashMap<>(original.initializers());
    slots.add(new ArrayList<>()); // the front, before every node
    original.nodes().forEach(n -> slots.add(new ArrayList<>(List.of(n))));
    for (int i = 0; i < slots.size(); i++) {
      book(slots.get(i), i);
    }
    ValueNames.everywhere(original, names::add);
  }

  /** {@code base} itself when free, else {@code base_1}, {@code base_2} …; reserved from now on. */
  public String freshName(String base) {
    String name = base;
    for (int i = 1; name.isEmpty() || !names.add(name); i++) {
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

  /** The constant of that name, when there is one. */
  public Optional<Tensor> initializer(String name) {
    return Optional.ofNullable(initializers.get(name));
  }

  /** Gives an existing constant another tensor, for all its readers. */
  public void setInitializer(String name, Tensor tensor) {
    if (initializers.replace(name, tensor.withName(name)) == null) {
      throw new IllegalArgumentException("no initializer is called '" + name + "'");
    }
  }

  /** Drops what the file declares about a value whose shape or type an edit has changed. */
  public void forgetType(String value) {
    forgotten.add(value);
  }

  /** Keeps a value although nothing reads it. */
  public void watch(String value) {
    watched.add(value);
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

  /** Takes out the node that produces {@code output}; nothing may read its outputs any more. */
  public void remove(String output) {
    edit(output, n -> List.of());
  }

  /** Puts nodes right before the one that produces {@code output}. */
  public void insertBefore(String output, List<Node> added) {
    edit(output, n -> joined(added, List.of(n)));
  }

  /** Puts nodes right after the one that produces {@code output}. */
  public void insertAfter(String output, List<Node> added) {
    edit(output, n -> joined(List.of(n), added));
  }

  /** Puts nodes at the very front, where only inputs and constants can be read. */
  public void prepend(List<Node> added) {
    slots.get(0).addAll(0, added);
    book(added, 0);
  }

  /** Changes the node that produces {@code output} in place. */
  public void update(String output, UnaryOperator<Node> change) {
    edit(output, n -> List.of(change.apply(n)));
  }

  /**
   * Lets every reader of {@code from} read {@code to} instead, subgraphs that capture it included.
   * Graph outputs keep their names.
   */
  public void replaceUses(String from, String to) {
    slots.forEach(slot -> slot.replaceAll(n -> Subgraphs.renameReads(n, from, to)));
  }

  /**
   * Renames the value that a node produces, at the node and at all readers. The old name is free
   * afterwards; the new one must be fresh or just freed.
   */
  public void renameOutput(String from, String to) {
    edit(
        from,
        n ->
            List.of(
                n.withOutputs(n.outputs().stream().map(o -> o.equals(from) ? to : o).toList())));
    replaceUses(from, to);
    names.remove(from);
  }

  /** Raises the version of a domain that the emitted nodes need; never lowers it. */
  public void requireOpset(String domain, long version) {
    header = header.withOpset(domain, version);
  }

  /** Raises the IR version; never lowers it. */
  public void requireIrVersion(long version) {
    header = IrVersions.raise(header, version);
  }

  /** The edited model. Value infos of values that no longer exist are dropped. */
  public Model build() {
    Set<String> read = new HashSet<>();
    original.outputs().forEach(v -> read.add(v.name()));
    read.addAll(watched);
    List<Node> nodes = live(read);
    List<Value> inputs = header.graph().inputs();
    Set<String> inputNames = new HashSet<>();
    inputs.forEach(v -> inputNames.add(v.name()));
    Map<String, Tensor> kept = new LinkedHashMap<>(initializers);
    kept.keySet().removeIf(n -> !read.contains(n) && !inputNames.contains(n));
    Set<String> made = new HashSet<>(kept.keySet());
    nodes.forEach(n -> made.addAll(n.outputs()));
    made.removeAll(forgotten);
    List<Value> infos = original.valueInfo().stream().filter(v -> made.contains(v.name())).toList();
    return header.withGraph(
        new Graph(
            original.name(),
            nodes,
            kept,
            original.sparseInitializers(),
            inputs,
            original.outputs(),
            infos,
            original.extra()));
  }

  /** Nodes that an output depends on, in order; adds every name they read to {@code read}. */
  private List<Node> live(Set<String> read) {
    List<Node> all = slots.stream().flatMap(List::stream).toList();
    List<Node> kept = new ArrayList<>();
    for (int i = all.size() - 1; i >= 0; i--) {
      Node node = all.get(i);
      if (node.outputs().stream().anyMatch(read::contains)) {
        kept.add(node);
        read.addAll(ValueNames.reads(node));
      }
    }
    java.util.Collections.reverse(kept);
    return kept;
  }

  private void book(List<Node> nodes, int slot) {
    for (Node node : nodes) {
      for (String output : node.outputs()) {
        if (!output.isEmpty()) {
          slotOfOutput.put(output, slot);
          names.add(output);
        }
      }
    }
  }

  private int slot(String output) {
    Integer slot = slotOfOutput.get(output);
    if (slot == null) {
      throw new IllegalArgumentException("no node produces '" + output + "'");
    }
    return slot;
  }

  private void edit(String output, Function<Node, List<Node>> change) {
    int index = slot(output);
    List<Node> slot = slots.get(index);
    Node old = producer(output);
    int at = 0;
    while (!slot.get(at).outputs().contains(output)) {
      at++;
    }
    List<Node> now = List.copyOf(change.apply(old));
    slot.remove(at);
    old.outputs().forEach(slotOfOutput::remove);
    slot.addAll(at, now);
    book(now, index);
  }

  private static List<Node> joined(List<Node> first, List<Node> second) {
    List<Node> both = new ArrayList<>(first);
    both.addAll(second);
    return both;
  }
}
