package io.compressor.graph;

import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who produces and who reads each value of a model's main graph, and which constant hides behind a
 * name. A value that a subgraph captures counts as read by the node that holds the subgraph; a
 * graph output counts as a use.
 *
 * <p>Immutable view of one model; build a new one after an edit. Thread-confined (constants are
 * resolved on demand and remembered; their bytes are not).
 */
public final class GraphIndex {
  private final Model model;
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, List<Node>> readers = new HashMap<>();
  private final Map<String, Integer> positions = new HashMap<>();
  private final Set<String> outputs = new HashSet<>();
  private final ConstantResolver constants;

  public GraphIndex(Model model) {
    this.model = model;
    Graph graph = model.graph();
    graph.outputs().forEach(v -> outputs.add(v.name()));
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      for (String output : node.outputs()) {
        if (!output.isEmpty()) {
          producers.putIfAbsent(output, node);
          positions.putIfAbsent(output, i);
        }
      }
      for (String read : ValueNames.reads(node)) {
        readers.computeIfAbsent(read, k -> new ArrayList<>()).add(node);
      }
    }
    this.constants = new ConstantResolver(model, this::producer);
  }

  public Model model() {
    return model;
  }

  /** The node that computes {@code value}; empty for inputs and initializers. */
  public Optional<Node> producer(String value) {
    return Optional.ofNullable(producers.get(value));
  }

  /** The node that in this model produces what {@code elsewhere} produces in another one. */
  public Optional<Node> counterpart(Node elsewhere) {
    return elsewhere.outputs().isEmpty() ? Optional.empty() : producer(elsewhere.outputs().get(0));
  }

  /** Where in the node list the producer of {@code value} stands; -1 for inputs and constants. */
  public int position(String value) {
    return positions.getOrDefault(value, -1);
  }

  /** Nodes that read {@code value}, each once, in graph order. */
  public List<Node> consumers(String value) {
    return List.copyOf(readers.getOrDefault(value, List.of()));
  }

  /**
   * The only node that reads {@code value}, when there is exactly one and it is no graph output.
   */
  public Optional<Node> soleConsumer(String value) {
    List<Node> found = readers.getOrDefault(value, List.of());
    return found.size() == 1 && !isOutput(value) ? Optional.of(found.get(0)) : Optional.empty();
  }

  public boolean isOutput(String value) {
    return outputs.contains(value);
  }

  /** Whether anything depends on {@code value}. */
  public boolean isUsed(String value) {
    return isOutput(value) || readers.containsKey(value);
  }

  /**
   * The constant behind a value, seen through {@code Constant}, {@code Identity}, {@code Cast}
   * between floating types, {@code Transpose}, {@code Reshape}, {@code Squeeze} and {@code
   * Unsqueeze}. Its bytes are read or computed only when asked for. {@code DequantizeLinear} is not
   * looked through: such a weight is already quantized.
   *
   * <p>An initializer that is also a graph input can be overridden by the caller and is not
   * constant, except below IR version 4, where every initializer had to be listed as an input.
   */
  public Optional<Tensor> constant(String value) {
    return constants.resolve(value).map(ConstantSource::tensor);
  }

  /** The integers of a constant shape, axis list or the like. */
  public Optional<long[]> longs(String value) {
    return constant(value)
        .filter(t -> t.type() == ElementType.INT64 || t.type() == ElementType.INT32)
        .map(Tensor::toLongs);
  }

  /** The constant with the initializer or {@code Constant} output that its data come from. */
  public Optional<ConstantSource> source(String value) {
    return constants.resolve(value);
  }
}
