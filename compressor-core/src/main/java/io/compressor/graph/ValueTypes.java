package io.compressor.graph;

import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Rank and element type of values, as far as they are declared or follow from the operators that
 * exporters use. Exact where it answers; empty where it does not know.
 */
public final class ValueTypes {
  private static final Set<String> LIKE_FIRST =
      Set.of(
          "Relu",
          "LeakyRelu",
          "PRelu",
          "Elu",
          "Selu",
          "Celu",
          "Gelu",
          "Sigmoid",
          "HardSigmoid",
          "HardSwish",
          "Tanh",
          "Erf",
          "Sqrt",
          "Exp",
          "Log",
          "Neg",
          "Abs",
          "Reciprocal",
          "Floor",
          "Ceil",
          "Round",
          "Sign",
          "Sin",
          "Cos",
          "Softplus",
          "Softsign",
          "Identity",
          "Dropout",
          "Clip",
          "Softmax",
          "LogSoftmax",
          "Hardmax",
          "LayerNormalization",
          "RMSNormalization",
          "SimplifiedLayerNormalization",
          "Transpose",
          "BatchNormalization",
          "InstanceNormalization",
          "GroupNormalization",
          "LRN",
          "Conv",
          "ConvTranspose",
          "MaxPool",
          "AveragePool",
          "GlobalAveragePool",
          "GlobalMaxPool",
          "Pad",
          "Slice",
          "Resize",
          "Upsample",
          "Split",
          "Tile",
          "CumSum",
          "Concat",
          "Cast",
          "Not",
          "DepthToSpace",
          "SpaceToDepth",
          "Mish",
          "ThresholdedRelu",
          "Trilu",
          "ScatterElements",
          "ScatterND",
          "LpNormalization",
          "MeanVarianceNormalization");

  private static final Set<String> BROADCAST =
      Set.of("Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Sum", "Mean", "Mod");

  private static final Set<String> COMPARE =
      Set.of("Equal", "Greater", "Less", "GreaterOrEqual", "LessOrEqual", "And", "Or", "Xor");

  private static final Set<String> SKIP_NORMS =
      Set.of("SkipLayerNormalization", "SkipSimplifiedLayerNormalization");

  private final GraphIndex index;
  private final ShapeVectors shapes;
  private final Map<String, Integer> ranks = new HashMap<>();
  private final Map<String, ElementType> types = new HashMap<>();

  public ValueTypes(GraphIndex index) {
    this.index = index;
    this.shapes = new ShapeVectors(index, this::rank);
    Model model = index.model();
    declared(model.graph());
    for (Node node : model.graph().nodes()) {
      infer(node);
    }
  }

  /** Number of axes of {@code value}. */
  public Optional<Integer> rank(String value) {
    return Optional.ofNullable(ranks.get(value));
  }

  public Optional<ElementType> elementType(String value) {
    return Optional.ofNullable(types.get(value));
  }

  private void declared(Graph graph) {
    graph.initializers().values().forEach(this::put);
    graph.inputs().forEach(this::put);
    graph.valueInfo().forEach(this::put);
    graph.outputs().forEach(this::put);
    graph.nodes().forEach(n -> ValueNames.subgraphs(n).forEach(this::declared));
  }

  private void put(Tensor t) {
    put(t.name(), Optional.of(t.rank()), Optional.of(t.type()));
  }

  private void put(Value v) {
    put(
        v.name(),
        v.type().flatMap(TensorType::dims).map(d -> d.size()),
        v.type().map(TensorType::elementType));
  }

  private void put(String name, Optional<Integer> rank, Optional<ElementType> type) {
    rank.ifPresent(r -> ranks.putIfAbsent(name, r));
    type.ifPresent(t -> types.putIfAbsent(name, t));
  }

  private void infer(Node node) {
    if (SKIP_NORMS.contains(node.opType())) {
      for (int i = 0; i < node.outputs().size(); i += 3) { // the norm, and the sum it hands on
        put(node.outputs().get(i), inputRank(node, 0), node.input(0).flatMap(this::elementType));
      }
      return;
    }
    if (!node.is(node.opType()) || node.outputs().isEmpty()) {
      return;
    }
    Optional<Tensor> constant = index.constant(node.outputs().get(0));
    if (constant.isPresent()) {
      put(constant.get());
      return;
    }
    Optional<Integer> rank = rankOf(node);
    Optional<ElementType> type = typeOf(node);
    boolean all = node.is("Split") || node.outputs().size() == 1;
    for (String output : all ? node.outputs() : node.outputs().subList(0, 1)) {
      put(output, rank, type);
    }
  }

  private Optional<ElementType> typeOf(Node node) {
    String op = node.opType();
    if (op.equals("Cast")) {
      return ElementType.of((int) node.intAttribute("to", 0));
    }
    if (COMPARE.contains(op) || op.equals("Not")) {
      return Optional.of(ElementType.BOOL);
    }
    if (op.equals("Shape") || op.equals("Size") || op.startsWith("Arg")) {
      return Optional.of(ElementType.INT64);
    }
    if (op.equals("Where")) {
      return node.input(1).flatMap(this::elementType);
    }
    boolean like =
        LIKE_FIRST.contains(op)
            || BROADCAST.contains(op)
            || op.startsWith("Reduce")
            || Set.of(
                    "MatMul",
                    "Gemm",
                    "Reshape",
                    "Flatten",
                    "Squeeze",
                    "Unsqueeze",
                    "Expand",
                    "Gather")
                .contains(op);
    return like ? node.input(0).flatMap(this::elementType) : Optional.empty();
  }

  private Optional<Integer> rankOf(Node node) {
    String op = node.opType();
    if (LIKE_FIRST.contains(op)) {
      return inputRank(node, 0);
    }
    if (BROADCAST.contains(op) || COMPARE.contains(op) || op.equals("Where")) {
      return widest(node);
    }
    if (op.startsWith("Reduce") || op.startsWith("Arg")) {
      return reduced(node);
    }
    return switch (op) {
      case "Gemm", "Flatten" -> Optional.of(2);
      case "Shape", "Range" -> Optional.of(1);
      case "Size" -> Optional.of(0);
      case "MatMul" -> widest(node).filter(r -> r >= 2 && bothMatrices(node));
      case "Reshape" -> node.input(1).flatMap(shapes::length);
      case "ConstantOfShape" -> node.input(0).flatMap(shapes::length);
      case "Expand" ->
          inputRank(node, 0)
              .flatMap(r -> node.input(1).flatMap(shapes::length).map(n -> Math.max(r, n)));
      case "Gather" -> inputRank(node, 0).flatMap(r -> inputRank(node, 1).map(q -> r + q - 1));
      case "Unsqueeze" -> inputRank(node, 0).flatMap(r -> axes(node).map(n -> r + n));
      case "Squeeze" -> inputRank(node, 0).flatMap(r -> axes(node).map(n -> r - n));
      default -> Optional.empty();
    };
  }

  private boolean bothMatrices(Node node) {
    return inputRank(node, 0).orElse(0) >= 2 && inputRank(node, 1).orElse(0) >= 2;
  }

  private Optional<Integer> widest(Node node) {
    int widest = 0;
    for (int i = 0; i < node.inputs().size(); i++) {
      Optional<Integer> rank = inputRank(node, i);
      if (rank.isEmpty()) {
        return Optional.empty();
      }
      widest = Math.max(widest, rank.get());
    }
    return Optional.of(widest);
  }

  private Optional<Integer> reduced(Node node) {
    if (node.intAttribute("keepdims", 1) != 0) {
      return inputRank(node, 0);
    }
    if (node.opType().startsWith("Arg")) {
      return inputRank(node, 0).map(r -> r - 1);
    }
    boolean everything = node.intsAttribute("axes").isEmpty() && node.input(1).isEmpty();
    return everything
        ? Optional.of(0)
        : inputRank(node, 0).flatMap(r -> axes(node).map(n -> r - n));
  }

  private Optional<Integer> axes(Node node) {
    return node.intsAttribute("axes")
        .map(a -> a.length)
        .or(() -> node.input(1).flatMap(index::constant).map(t -> (int) t.elements()));
  }

  private Optional<Integer> inputRank(Node node, int input) {
    return node.input(input).flatMap(this::rank);
  }
}
