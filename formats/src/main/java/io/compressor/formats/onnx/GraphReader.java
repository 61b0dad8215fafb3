package io.compressor.formats.onnx;

import io.compressor.formats.onnx.Fields.OfGraph;
import io.compressor.ir.Bytes;
import io.compressor.ir.Graph;
import io.compressor.ir.Node;
import io.compressor.ir.SparseTensor;
import io.compressor.ir.Tensor;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Reads a GraphProto, the main one or one inside an attribute. */
final class GraphReader {
  private final ReadScope scope;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Tensor> initializers = new LinkedHashMap<>();
  private final List<SparseTensor> sparseInitializers = new ArrayList<>(0);
  private final List<Value> inputs = new ArrayList<>();
  private final List<Value> outputs = new ArrayList<>();
  private final List<Value> valueInfo = new ArrayList<>();
  private final Extras extras = new Extras();
  private String name = "";

  private GraphReader(ReadScope scope) {
    this.scope = scope;
  }

  static Graph read(Bytes message, ReadScope scope) {
    scope.enterGraph();
    GraphReader reader = new GraphReader(scope);
    WireReader in = new WireReader(message, scope.place());
    while (in.next()) {
      reader.field(in);
    }
    scope.leaveGraph();
    return new Graph(
        reader.name,
        reader.nodes,
        reader.initializers,
        reader.sparseInitializers,
        reader.inputs,
        reader.outputs,
        reader.valueInfo,
        reader.extras.build());
  }

  private void field(WireReader in) {
    switch (in.number()) {
      case OfGraph.NODE -> nodes.add(within("node", nodes.size(), in, NodeReader::read));
      case OfGraph.NAME -> {
        name = in.text();
        extras.addIfEmpty(name, in);
      }
      case OfGraph.INITIALIZER -> initializer(in);
      case OfGraph.SPARSE_INITIALIZER ->
          sparseInitializers.add(
              within("sparse initializer", sparseInitializers.size(), in, SparseReader::read));
      case OfGraph.INPUT -> inputs.add(within("input", inputs.size(), in, ValueReader::read));
      case OfGraph.OUTPUT -> outputs.add(within("output", outputs.size(), in, ValueReader::read));
      case OfGraph.VALUE_INFO ->
          valueInfo.add(within("value_info", valueInfo.size(), in, ValueReader::read));
      default -> extras.add(in.field());
    }
  }

  private void initializer(WireReader in) {
    Place place = scope.place();
    place.enter("initializer", initializers.size());
    Tensor tensor = TensorReader.read(in.payload(), scope);
    if (tensor.name().isEmpty()) {
      throw place.fault(
          "initializer without a name", "no node can read it: remove it or give it a name");
    }
    if (initializers.put(tensor.name(), tensor) != null) {
      throw place.fault(
          "two initializers have this name", "names are unique in ONNX: rename or remove one");
    }
    place.leave();
  }

  private <T> T within(
      String kind, int index, WireReader in, BiFunction<Bytes, ReadScope, T> reader) {
    scope.place().enter(kind, index);
    T read = reader.apply(in.payload(), scope);
    scope.place().leave();
    return read;
  }
}
