package io.compressor.ir;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Nodes in topological order with the constants they read.
 *
 * @param initializers by name, in file order
 * @param extra GraphProto fields that are not modelled, verbatim
 */
public record Graph(
    String name,
    List<Node> nodes,
    Map<String, Tensor> initializers,
    List<SparseTensor> sparseInitializers,
    List<Value> inputs,
    List<Value> outputs,
    List<Value> valueInfo,
    Bytes extra) {
  public Graph {
    nodes = List.copyOf(nodes);
    initializers = Collections.unmodifiableMap(new LinkedHashMap<>(initializers));
    sparseInitializers = List.copyOf(sparseInitializers);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    valueInfo = List.copyOf(valueInfo);
  }

  public Graph withNodes(List<Node> newNodes) {
    return new Graph(
        name, newNodes, initializers, sparseInitializers, inputs, outputs, valueInfo, extra);
  }

  public Graph withInitializers(Map<String, Tensor> newInitializers) {
    return new Graph(
        name, nodes, newInitializers, sparseInitializers, inputs, outputs, valueInfo, extra);
  }

  public Graph withOutputs(List<Value> newOutputs) {
    return new Graph(
        name, nodes, initializers, sparseInitializers, inputs, newOutputs, valueInfo, extra);
  }

  public Graph withInputs(List<Value> newInputs) {
    return new Graph(
        name, nodes, initializers, sparseInitializers, newInputs, outputs, valueInfo, extra);
  }

  /** Inputs a caller must feed: graph inputs that have no initializer of the same name. */
  public List<Value> requiredInputs() {
    return inputs.stream().filter(v -> !initializers.containsKey(v.name())).toList();
  }
}
