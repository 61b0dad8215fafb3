package io.compressor.graph.stage;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.ValueNames;
import io.compressor.graph.ValueTypes;
import io.compressor.ir.Bytes;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Builds the model of one stage. */
final class StageModel {
  private StageModel() {}

  static Model of(Stage stage, Model source) {
    Graph graph = source.graph();
    Set<String> read = new HashSet<>(stage.outputs());
    Set<String> made = new HashSet<>();
    for (Node node : stage.nodes()) {
      read.addAll(ValueNames.reads(node));
      made.addAll(node.outputs());
    }
    Map<String, Tensor> initializers = new LinkedHashMap<>(graph.initializers());
    initializers.keySet().retainAll(read);
    Map<String, Value> declared = new HashMap<>();
    graph.valueInfo().forEach(v -> declared.put(v.name(), v));
    graph.outputs().forEach(v -> declared.put(v.name(), v));
    return source.withGraph(
        new Graph(
            graph.name(),
            stage.nodes(),
            initializers,
            graph.sparseInitializers().stream().filter(s -> read.contains(s.name())).toList(),
            inputs(stage, source, initializers.keySet()),
            stage.outputs().stream()
                .map(o -> declared.getOrDefault(o, new Value(o, Optional.empty(), Bytes.empty())))
                .toList(),
            graph.valueInfo().stream()
                .filter(v -> made.contains(v.name()) || initializers.containsKey(v.name()))
                .toList(),
            graph.extra()));
  }

  private static List<Value> inputs(Stage stage, Model source, Set<String> initializers) {
    Map<String, Value> own = new LinkedHashMap<>();
    source.graph().inputs().forEach(v -> own.put(v.name(), v));
    ValueTypes types = new ValueTypes(new GraphIndex(source));
    List<Value> inputs = new ArrayList<>();
    for (String name : stage.inputs()) {
      inputs.add(own.getOrDefault(name, Value.of(name, type(types, name))));
    }
    // old models list every constant as an input too
    own.forEach(
        (name, value) -> {
          if (initializers.contains(name)) {
            inputs.add(value);
          }
        });
    return inputs;
  }

  /** Sizes are left open: what files declare about them inside a model is often wrong. */
  private static TensorType type(ValueTypes types, String value) {
    Optional<List<Dim>> dims =
        types.rank(value).map(r -> Collections.nCopies(r, (Dim) new Dim.Unknown()));
    return new TensorType(types.elementType(value).orElse(ElementType.FLOAT), dims);
  }
}
