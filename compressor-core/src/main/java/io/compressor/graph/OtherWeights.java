package io.compressor.graph;

import io.compressor.ir.AttributeValue;
import io.compressor.ir.Function;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Names the weights that are no sites, and says why. */
final class OtherWeights {
  /** Smaller matrices under other operators are tables and masks, not worth a line in a report. */
  private static final int MIN_ELEMENTS = 1024;

  private static final Set<String> QUANTIZED =
      Set.of(
          "MatMulNBits",
          "MatMulBnb4",
          "QLinearConv",
          "QLinearMatMul",
          "QGemm",
          "QAttention",
          "QEmbedLayerNormalization",
          "DynamicQuantizeMatMul",
          "DynamicQuantizeLSTM",
          "MatMulInteger",
          "MatMulIntegerToFloat",
          "ConvInteger",
          "DequantizeLinear",
          "GatherBlockQuantized");

  private static final Set<String> HEAVY =
      Set.of("ConvTranspose", "DeformConv", "LSTM", "GRU", "RNN", "Einsum");

  private OtherWeights() {}

  /** Weights that a node without a site reads: constant name to reason. */
  static Map<String, String> of(Node node, GraphIndex index) {
    Map<String, String> found = new LinkedHashMap<>();
    boolean folds = !node.outputs().isEmpty() && index.source(node.outputs().get(0)).isPresent();
    if (folds) {
      return found; // a view of the constant; whoever reads the view is asked
    }
    for (String input : ValueNames.reads(node)) {
      index
          .source(input)
          .ifPresent(s -> reason(node, input, s, index).ifPresent(r -> found.put(s.root(), r)));
    }
    return found;
  }

  /** Weights that the main graph does not show: inside subgraphs and local functions. */
  static Map<String, String> hidden(Model model) {
    Map<String, String> found = new LinkedHashMap<>();
    for (Node node : model.graph().nodes()) {
      for (Graph inner : ValueNames.subgraphs(node)) {
        constants(
            inner, "inside a subgraph of " + node.opType() + " '" + node.label() + "'", found);
      }
    }
    for (Function function : model.functions()) {
      String where = "inside the local function " + function.domain() + "." + function.name();
      literals(function.nodes(), where, found);
    }
    return found;
  }

  private static Optional<String> reason(
      Node node, String input, ConstantSource source, GraphIndex index) {
    Tensor t = source.tensor();
    boolean weightLike = t.rank() >= 2 && t.elements() >= MIN_ELEMENTS;
    if (QUANTIZED.contains(node.opType())) {
      return !t.type().isFloat() && t.rank() >= 2
          ? Optional.of("already quantized (" + node.opType() + ")")
          : Optional.empty();
    }
    if (!t.type().isFloat() || t.rank() < 2) {
      return Optional.empty();
    }
    if (!node.inputs().contains(input)) {
      return Optional.of("read " + inSubgraph(node));
    }
    if (node.domain().isEmpty() || node.domain().equals("ai.onnx")) {
      return HEAVY.contains(node.opType())
          ? Optional.of(node.opType() + " weights are not compressed")
          : weightLike
              ? Optional.of("read by " + node.opType() + ", not multiplied as a matrix")
              : Optional.empty();
    }
    boolean local =
        index.model().functions().stream()
            .anyMatch(f -> f.name().equals(node.opType()) && f.domain().equals(node.domain()));
    return Optional.of(
        local
            ? "read by the local function " + node.domain() + "." + node.opType()
            : "operator " + node.domain() + "." + node.opType() + " is not known");
  }

  private static void constants(Graph graph, String where, Map<String, String> found) {
    graph.initializers().forEach((name, t) -> add(name, t, where, found));
    literals(graph.nodes(), where, found);
  }

  private static void literals(List<Node> nodes, String where, Map<String, String> found) {
    for (Node node : nodes) {
      if (node.is("Constant")
          && !node.outputs().isEmpty()
          && node.attributes().containsKey("value")
          && node.attributes().get("value").value() instanceof AttributeValue.OfTensor t) {
        add(node.outputs().get(0), t.value(), where, found);
      }
      ValueNames.subgraphs(node).forEach(g -> constants(g, where, found));
    }
  }

  private static void add(String name, Tensor t, String where, Map<String, String> found) {
    if (t.type().isFloat() && t.rank() >= 2 && t.elements() >= MIN_ELEMENTS) {
      found.putIfAbsent(name, where);
    }
  }

  private static String inSubgraph(Node node) {
    return "inside a subgraph of " + node.opType() + " '" + node.label() + "'";
  }
}
