package io.compressor.autodiff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.compressor.error.CompressorException;
import io.compressor.ir.Attribute;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HessianProductsTest {
  private static final List<String> WEIGHTS = List.of("w", "b", "gain", "v");
  private final SplittableRandom random = new SplittableRandom(5);
  private final Map<String, Tensor> weights = new LinkedHashMap<>();
  private final Map<String, Tensor> feeds = new LinkedHashMap<>();

  HessianProductsTest() {
    weights.put("w", normal("w", 5, 6));
    weights.put("b", normal("b", 6));
    weights.put("gain", normal("gain", 6));
    weights.put("v", normal("v", 6, 3));
    feeds.put("x", normal("x", 4, 5));
    feeds.put("labels", Tensor.ofLongs("labels", new long[] {4}, 0, 2, 1, 2));
  }

  private Tensor normal(String name, long... dims) {
    int count = (int) Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    return Tensor.ofDoubles(name, dims, random.doubles(count, -1, 1).toArray());
  }

  private static Node node(String op, String output, String... inputs) {
    return Node.of(op, List.of(inputs), List.of(output));
  }

  /** tanh(x·w + b), normalized as LayerNorm written out, times v; softmax cross-entropy. */
  private LossModel network() {
    List<Node> nodes = new ArrayList<>();
    nodes.add(node("MatMul", "xw", "x", "w"));
    nodes.add(node("Add", "z", "xw", "b"));
    nodes.add(node("Tanh", "h", "z"));
    nodes.add(node("ReduceMean", "mean", "h", "last"));
    nodes.add(node("Sub", "centered", "h", "mean"));
    nodes.add(node("Pow", "square", "centered", "two"));
    nodes.add(node("ReduceMean", "variance", "square", "last"));
    nodes.add(node("Add", "safe", "variance", "epsilon"));
    nodes.add(node("Sqrt", "deviation", "safe"));
    nodes.add(node("Div", "unit", "centered", "deviation"));
    nodes.add(node("Mul", "normed", "unit", "gain"));
    nodes.add(node("MatMul", "logits", "normed", "v"));
    Map<String, Tensor> constants = new LinkedHashMap<>(weights);
    constants.put("last", Tensor.ofLongs("last", new long[] {1}, -1));
    constants.put("two", Tensor.ofDoubles("two", new long[0], new double[] {2}));
    constants.put("epsilon", Tensor.ofDoubles("epsilon", new long[0], new double[] {1e-5}));
    Value x = Value.of("x", TensorType.of(ElementType.DOUBLE, 4, 5));
    Value logits = new Value("logits", Optional.empty(), Bytes.empty());
    Model model =
        Model.of(
            8,
            18,
            new Graph(
                "g",
                nodes,
                constants,
                List.of(),
                List.of(x),
                List.of(logits),
                List.of(),
                Bytes.empty()));
    LossGraph graph = LossGraph.of(model, "logits");
    graph.labels("labels");
    return graph.loss(Losses.crossEntropy(graph.tape(), "logits", "labels"));
  }

  private Map<String, Tensor> all() {
    Map<String, Tensor> all = new LinkedHashMap<>(feeds);
    all.putAll(weights);
    return all;
  }

  private Map<String, Tensor> vectors() {
    Map<String, Tensor> vectors = new LinkedHashMap<>();
    weights.forEach((name, w) -> vectors.put(name, normal(name, w.dims())));
    return vectors;
  }

  private static RuntimeSession open(Model model) {
    return RuntimeSession.open(model, SessionSettings.withThreads(1));
  }

  private static double[] doubles(Tensor tensor) {
    DoubleBuffer from = tensor.data().buffer().order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer();
    double[] values = new double[from.remaining()];
    from.get(values);
    return values;
  }

  private static Map<String, Tensor> product(
      HessianModel hessian, Map<String, Tensor> feeds, Map<String, Tensor> vectors) {
    Map<String, Tensor> all = new LinkedHashMap<>(feeds);
    vectors.forEach((p, v) -> all.put(hessian.vectors().get(p), v));
    try (RuntimeSession session = open(hessian.model())) {
      Map<String, Tensor> outputs = session.run(all);
      Map<String, Tensor> products = new LinkedHashMap<>();
      hessian.products().forEach((p, o) -> products.put(p, outputs.get(o)));
      return products;
    }
  }

  @Test
  void bothWaysAgree() {
    LossModel network = network();
    Map<String, Tensor> vectors = vectors();
    HessianModel hessian = HessianProducts.exact(network.model(), network.loss(), WEIGHTS);
    Map<String, Tensor> exact = product(hessian, all(), vectors);
    GradientModel gradients = Gradients.of(network.model(), network.loss(), WEIGHTS);
    try (RuntimeSession session = open(gradients.model())) {
      GradientPoint point = new GradientPoint(gradients, session, all());
      Map<String, Tensor> differences = HessianProducts.difference(point, vectors, 1e-5);
      for (String parameter : WEIGHTS) {
        double[] expected = doubles(differences.get(parameter));
        double scale = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        assertArrayEquals(expected, doubles(exact.get(parameter)), 1e-5 * scale, parameter);
      }
    }
  }

  @Test
  void hessianIsSymmetric() {
    LossModel network = network();
    HessianModel hessian = HessianProducts.exact(network.model(), network.loss(), WEIGHTS);
    Map<String, Tensor> u = vectors();
    Map<String, Tensor> v = vectors();
    double uHv = dot(u, product(hessian, all(), v));
    double vHu = dot(v, product(hessian, all(), u));
    assertEquals(uHv, vHu, 1e-12 * Math.abs(uHv));
  }

  private static double dot(Map<String, Tensor> a, Map<String, Tensor> b) {
    double sum = 0;
    for (String name : a.keySet()) {
      double[] left = doubles(a.get(name));
      double[] right = doubles(b.get(name));
      for (int i = 0; i < left.length; i++) {
        sum += left[i] * right[i];
      }
    }
    return sum;
  }

  @Test
  void linearLossHasNoCurvature() {
    Node sum = Node.of("ReduceSum", List.of("x"), List.of("loss"), Attribute.of("keepdims", 0L));
    Value x = Value.of("x", TensorType.of(ElementType.DOUBLE, 2));
    Value loss = new Value("loss", Optional.empty(), Bytes.empty());
    Graph graph =
        new Graph(
            "g",
            List.of(sum),
            Map.of(),
            List.of(),
            List.of(x),
            List.of(loss),
            List.of(),
            Bytes.empty());
    HessianModel hessian = HessianProducts.exact(Model.of(8, 18, graph), "loss", List.of("x"));
    Tensor at = normal("x", 2);
    double[] product = doubles(product(hessian, Map.of("x", at), Map.of("x", at)).get("x"));
    assertArrayEquals(new double[2], product);
  }

  @Test
  void vectorsMustFit() {
    LossModel network = network();
    GradientModel gradients = Gradients.of(network.model(), network.loss(), List.of("w"));
    Map<String, Tensor> fed = new LinkedHashMap<>(feeds);
    fed.put("w", weights.get("w"));
    try (RuntimeSession session = open(gradients.model())) {
      GradientPoint point = new GradientPoint(gradients, session, fed);
      Map<String, Tensor> wrong = Map.of("w", normal("w", 2, 2));
      Map<String, Tensor> unknown = Map.of("b", normal("b", 6));
      assertThrows(CompressorException.class, () -> HessianProducts.difference(point, wrong, 1e-5));
      assertThrows(
          CompressorException.class, () -> HessianProducts.difference(point, unknown, 1e-5));
    }
  }
}
