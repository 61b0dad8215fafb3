package io.compressor.formats.onnx;

import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where each big initializer lies in the data file: in the order of the model, subgraphs after
 * their graph, each on a 64-byte boundary so that it can be used where it is mapped.
 */
final class DataLayout implements Placement {
  static final int ALIGNMENT = 64;

  /** Smaller tensors stay in the model, where they cost less than their reference. */
  private static final int SMALLEST = 1024;

  private final String location;
  private final IdentityHashMap<Tensor, Reference> places = new IdentityHashMap<>();
  private final Map<Reference, Tensor> order = new LinkedHashMap<>();
  private long end;

  private DataLayout(String location) {
    this.location = location;
  }

  static DataLayout of(Model model, String location) {
    DataLayout layout = new DataLayout(location);
    layout.graph(model.graph());
    model.functions().forEach(f -> layout.nodes(f.nodes()));
    return layout;
  }

  /** Tensors by place, ascending. */
  Map<Reference, Tensor> order() {
    return order;
  }

  @Override
  public Optional<Reference> of(Tensor initializer) {
    return Optional.ofNullable(places.get(initializer));
  }

  private void graph(Graph graph) {
    graph.initializers().values().forEach(this::place);
    nodes(graph.nodes());
  }

  private void nodes(List<Node> nodes) {
    nodes.forEach(n -> n.subgraphs().forEach(this::graph));
  }

  private void place(Tensor tensor) {
    if (tensor.type() == ElementType.STRING
        || tensor.byteCount() < SMALLEST
        || places.containsKey(tensor)) {
      return;
    }
    long offset = (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    Reference reference = new Reference(location, offset, tensor.byteCount());
    places.put(tensor, reference);
    order.put(reference, tensor);
    end = offset + tensor.byteCount();
  }
}
