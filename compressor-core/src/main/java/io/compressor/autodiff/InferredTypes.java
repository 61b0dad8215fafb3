package io.compressor.autodiff;

import io.compressor.graph.ValueNames;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import io.compressor.runtime.Optimization;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Taps;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What ONNX Runtime infers about every value of a model's main graph when it loads it. */
final class InferredTypes {
  private final Map<String, TensorType> types = new HashMap<>();

  private InferredTypes() {}

  static InferredTypes of(Model model) {
    InferredTypes inferred = new InferredTypes();
    Set<String> values = new LinkedHashSet<>();
    model.graph().nodes().stream().map(Node::outputs).forEach(values::addAll);
    values.remove("");
    model.graph().initializers().values().forEach(inferred::constant);
    SessionSettings plain = SessionSettings.defaults().level(Optimization.NONE);
    Model whole = readable(Taps.expose(model, values));
    try (RuntimeSession session = RuntimeSession.open(whole, plain)) {
      session.inputs().forEach(inferred::value);
      session.outputs().forEach(inferred::value);
    }
    return inferred;
  }

  /** All values of a main graph. */
  static Set<String> names(Graph graph) {
    Set<String> names = new LinkedHashSet<>(graph.initializers().keySet());
    graph.inputs().forEach(v -> names.add(v.name()));
    graph.nodes().forEach(n -> names.addAll(n.outputs()));
    return names;
  }

  /** ONNX Runtime refuses some constants that nothing reads. */
  private static Model readable(Model model) {
    Set<String> read = new LinkedHashSet<>();
    model.graph().nodes().forEach(n -> read.addAll(ValueNames.reads(n)));
    model.graph().outputs().forEach(v -> read.add(v.name()));
    model.graph().inputs().forEach(v -> read.add(v.name()));
    Map<String, Tensor> kept = new java.util.LinkedHashMap<>(model.graph().initializers());
    kept.keySet().retainAll(read);
    return model.withGraph(model.graph().withInitializers(kept));
  }

  private void constant(Tensor tensor) {
    types.put(tensor.name(), TensorType.of(tensor.type(), tensor.dims()));
  }

  private void value(Value value) {
    value.type().ifPresent(t -> types.putIfAbsent(value.name(), t));
  }

  /** A value that was emitted after the inference. */
  void declare(String value, TensorType type) {
    types.put(value, type);
  }

  boolean isFloat(String value) {
    return elementType(value).map(ElementType::isFloat).orElse(true);
  }

  Optional<ElementType> elementType(String value) {
    return Optional.ofNullable(types.get(value)).map(TensorType::elementType);
  }

  /** Empty when unknown; ONNX Runtime does not tell a scalar from an unknown rank. */
  Optional<List<Dim>> dims(String value) {
    return Optional.ofNullable(types.get(value)).flatMap(TensorType::dims);
  }
}
