package io.compressor.cli;

import io.compressor.graph.ValueNames;
import io.compressor.ir.AttributeValue;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything in a model, subgraphs and local functions included.
 *
 * @param operators count by type; other domains are written {@code domain.Type}; most frequent
 *     first
 * @param tensors initializers and the values of Constant nodes
 */
record ModelWalk(Map<String, Integer> operators, List<Tensor> tensors) {

  static ModelWalk over(Model model) {
    Map<String, Integer> counts = new HashMap<>();
    List<Tensor> tensors = new ArrayList<>();
    graph(model.graph(), counts, tensors);
    model.functions().forEach(f -> f.nodes().forEach(n -> node(n, counts, tensors)));
    Map<String, Integer> sorted = new LinkedHashMap<>();
    counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .forEach(e -> sorted.put(e.getKey(), e.getValue()));
    return new ModelWalk(sorted, tensors);
  }

  private static void graph(Graph graph, Map<String, Integer> counts, List<Tensor> tensors) {
    tensors.addAll(graph.initializers().values());
    graph.nodes().forEach(n -> node(n, counts, tensors));
  }

  private static void node(Node node, Map<String, Integer> counts, List<Tensor> tensors) {
    boolean standard = node.domain().isEmpty() || node.domain().equals("ai.onnx");
    counts.merge(standard ? node.opType() : node.domain() + "." + node.opType(), 1, Integer::sum);
    node.attributes()
        .values()
        .forEach(
            a -> {
              if (a.value() instanceof AttributeValue.OfTensor t) {
                tensors.add(t.value());
              }
            });
    ValueNames.subgraphs(node).forEach(g -> graph(g, counts, tensors));
  }
}
