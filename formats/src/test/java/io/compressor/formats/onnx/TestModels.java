package io.compressor.formats.onnx;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small models, as messages and in memory. */
final class TestModels {
  private TestModels() {}

  /** A model whose only content is one initializer. */
  static DynamicMessage holding(Message initializer) {
    Message graph = Oracle.put(Oracle.message("GraphProto"), "initializer", initializer).build();
    DynamicMessage.Builder model = Oracle.message("ModelProto");
    Oracle.put(model, "ir_version", 8L);
    Oracle.put(model, "graph", graph);
    return model.build();
  }

  /** An initializer without data. */
  static DynamicMessage.Builder tensor(String name, ElementType type, long... dims) {
    DynamicMessage.Builder tensor = Oracle.message("TensorProto");
    Oracle.put(tensor, "name", name);
    Oracle.put(tensor, "data_type", type.onnxId());
    for (long dim : dims) {
      Oracle.put(tensor, "dims", dim);
    }
    return tensor;
  }

  /** An initializer in a file; entries are key, value, key, value … */
  static DynamicMessage external(DynamicMessage.Builder tensor, String... entries) {
    Oracle.put(tensor, "data_location", 1);
    for (int i = 0; i < entries.length; i += 2) {
      DynamicMessage.Builder entry = Oracle.message("StringStringEntryProto");
      Oracle.put(entry, "key", entries[i]);
      Oracle.put(entry, "value", entries[i + 1]);
      Oracle.put(tensor, "external_data", entry.build());
    }
    return tensor.build();
  }

  /** x → MatMul with each weight in turn → y. */
  static Model chain(Tensor... weights) {
    List<Node> nodes = new ArrayList<>();
    Map<String, Tensor> initializers = new LinkedHashMap<>();
    String from = "x";
    for (Tensor weight : weights) {
      String to = initializers.size() == weights.length - 1 ? "y" : "h" + initializers.size();
      nodes.add(Node.of("MatMul", List.of(from, weight.name()), List.of(to)));
      initializers.put(weight.name(), weight);
      from = to;
    }
    TensorType any = TensorType.of(ElementType.FLOAT, -1, -1);
    return Model.of(
        8,
        17,
        new Graph(
            "chain",
            nodes,
            initializers,
            List.of(),
            List.of(Value.of("x", any)),
            List.of(Value.of("y", any)),
            List.of(),
            Bytes.empty()));
  }
}
