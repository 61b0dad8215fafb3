package io.compressor.runtime;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.graph.ValueNames;
import io.compressor.ir.Bytes;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the inside of a model: inner values become outputs, further computation is appended, what
 * is not needed is cut off. Names of the model stay as they are. ONNX Runtime never renames or
 * removes an output at any optimisation level, but a tapped value keeps its producer from being
 * fused with its readers, so timings of a tapped model mean nothing.
 */
public final class Taps {
  private Taps() {}

  /**
   * The model with {@code values} as further outputs, after its own. Values that are outputs
   * already are not repeated. A value without a declared type gets none; ONNX Runtime infers it.
   *
   * @throws CompressorException USAGE when the main graph has no such value
   */
  public static Model expose(Model model, Collection<String> values) {
    Graph graph = model.graph();
    Map<String, Value> declared = declared(graph);
    Map<String, Value> outputs = new LinkedHashMap<>();
    graph.outputs().forEach(v -> outputs.put(v.name(), v));
    Set<String> known = known(graph);
    for (String name : values) {
      if (!known.contains(name)) {
        throw unknown(name);
      }
      outputs.computeIfAbsent(name, n -> declared.getOrDefault(n, untyped(n)));
    }
    return model.withGraph(graph.withOutputs(List.copyOf(outputs.values())));
  }

  /**
   * The model followed by more nodes, whose {@code outputs} become outputs of the model.
   *
   * @param nodes in topological order, in the operator set versions of the model, with output names
   *     that the model does not use
   * @param constants new initializers by name
   * @throws CompressorException USAGE when a name is taken or an output is not produced
   */
  public static Model append(
      Model model, List<Node> nodes, Map<String, Tensor> constants, Collection<String> outputs) {
    Graph graph = model.graph();
    Set<String> known = known(graph);
    Map<String, Tensor> initializers = new LinkedHashMap<>(graph.initializers());
    constants.forEach(
        (name, tensor) -> {
          claim(known, name);
          initializers.put(name, tensor.name().equals(name) ? tensor : tensor.withName(name));
        });
    List<Node> all = new ArrayList<>(graph.nodes());
    for (Node node : nodes) {
      node.outputs().stream().filter(o -> !o.isEmpty()).forEach(o -> claim(known, o));
      all.add(node);
    }
    return expose(model.withGraph(graph.withNodes(all).withInitializers(initializers)), outputs);
  }

  /**
   * Only what {@code outputs} need: these become the outputs, in this order; nodes and constants
   * that do not lead to them are gone. All inputs stay, so the same feeds fit.
   *
   * @throws CompressorException USAGE when the main graph has no such value
   */
  public static Model only(Model model, Collection<String> outputs) {
    Graph graph = model.graph();
    Set<String> known = known(graph);
    Map<String, Value> declared = declared(graph);
    List<Value> wanted = new ArrayList<>();
    for (String name : new LinkedHashSet<>(outputs)) {
      if (!known.contains(name)) {
        throw unknown(name);
      }
      wanted.add(declared.getOrDefault(name, untyped(name)));
    }
    Set<String> needed = needed(graph, outputs);
    List<Node> nodes =
        graph.nodes().stream()
            .filter(n -> n.outputs().stream().anyMatch(needed::contains))
            .toList();
    Map<String, Tensor> initializers = new LinkedHashMap<>(graph.initializers());
    Set<String> fed = new HashSet<>();
    graph.inputs().forEach(v -> fed.add(v.name()));
    initializers.keySet().removeIf(n -> !needed.contains(n) && !fed.contains(n));
    return model.withGraph(
        new Graph(
            graph.name(),
            nodes,
            initializers,
            graph.sparseInitializers().stream().filter(s -> needed.contains(s.name())).toList(),
            graph.inputs(),
            wanted,
            graph.valueInfo().stream().filter(v -> needed.contains(v.name())).toList(),
            graph.extra()));
  }

  /**
   * The model with some of its constants as inputs of the same name, type and shape, after its own:
   * what a {@link BoundSession} may change from run to run.
   */
  public static Model asInputs(Model model, Collection<Tensor> constants) {
    Graph graph = model.graph();
    Map<String, Tensor> left = new LinkedHashMap<>(graph.initializers());
    List<Value> inputs = new ArrayList<>(graph.inputs());
    for (Tensor constant : constants) {
      left.remove(constant.name());
      inputs.removeIf(v -> v.name().equals(constant.name()));
      inputs.add(Value.of(constant.name(), TensorType.of(constant.type(), constant.dims())));
    }
    return model.withGraph(graph.withInitializers(left).withInputs(inputs));
  }

  private static Set<String> needed(Graph graph, Collection<String> outputs) {
    Map<String, Node> producers = new HashMap<>();
    graph.nodes().forEach(n -> n.outputs().forEach(o -> producers.put(o, n)));
    Set<String> needed = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(outputs);
    while (!open.isEmpty()) {
      String value = open.pop();
      Node producer = producers.get(value);
      if (value.isEmpty() || !needed.add(value) || producer == null) {
        continue;
      }
      open.addAll(ValueNames.reads(producer));
      needed.addAll(producer.outputs());
    }
    return needed;
  }

  private static Map<String, Value> declared(Graph graph) {
    Map<String, Value> declared = new HashMap<>();
    graph.inputs().forEach(v -> declared.put(v.name(), v));
    graph.valueInfo().forEach(v -> declared.put(v.name(), v));
    graph.outputs().forEach(v -> declared.put(v.name(), v));
    return declared;
  }

  private static Set<String> known(Graph graph) {
    Set<String> known = new HashSet<>(graph.initializers().keySet());
    graph.sparseInitializers().forEach(s -> known.add(s.name()));
    graph.inputs().forEach(v -> known.add(v.name()));
    graph.nodes().forEach(n -> known.addAll(n.outputs()));
    known.remove("");
    return known;
  }

  private static void claim(Set<String> known, String name) {
    if (!known.add(name)) {
      throw new CompressorException(
          ErrorCode.USAGE, name, "the model already has a value of this name", "choose another");
    }
  }

  private static Value untyped(String name) {
    return new Value(name, Optional.empty(), Bytes.empty());
  }

  private static CompressorException unknown(String name) {
    return new CompressorException(
        ErrorCode.USAGE,
        name,
        "the model's main graph has no such value",
        "values inside If, Loop and Scan bodies cannot be read from outside");
  }
}
