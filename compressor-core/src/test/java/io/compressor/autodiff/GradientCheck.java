package io.compressor.autodiff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.compressor.ir.Attribute;
import io.compressor.ir.Bytes;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

/**
 * Compares gradients with central differences of what ONNX Runtime computes, for random gradients
 * of all outputs: in double precision, or in single precision with whole numbers where the
 * arithmetic of a multilinear operator is exact.
 */
final class GradientCheck {
  private final List<Node> nodes;
  private final SplittableRandom random;
  private final Map<String, Tensor> feeds = new LinkedHashMap<>();
  private final Set<String> constants = new LinkedHashSet<>();
  private final List<String> parameters = new ArrayList<>();
  private final Map<String, Surrogate> surrogates = new LinkedHashMap<>();
  private ElementType type = ElementType.DOUBLE;
  private double step = 1e-5;
  private long opset = 18;
  private boolean fixed;
  private boolean twice;

  private GradientCheck(List<Node> nodes) {
    this.nodes = nodes;
    this.random = new SplittableRandom(17);
  }

  static GradientCheck of(Node... nodes) {
    return new GradientCheck(List.of(nodes));
  }

  /** Single precision and whole numbers: for operators linear in each of their inputs. */
  GradientCheck exact() {
    type = ElementType.FLOAT;
    step = 1;
    return this;
  }

  /** Single precision, for operators that have no other, with {@link #sameAs}. */
  GradientCheck single() {
    type = ElementType.FLOAT;
    return this;
  }

  GradientCheck opset(long version) {
    opset = version;
    return this;
  }

  /** Sizes are part of the declared types; otherwise they are symbolic. */
  GradientCheck fixed() {
    fixed = true;
    return this;
  }

  /** A normal input to differentiate by. */
  GradientCheck by(String name, long... dims) {
    double[] values = new double[Math.toIntExact(Arrays.stream(dims).reduce(1, (a, b) -> a * b))];
    for (int i = 0; i < values.length; i++) {
      values[i] = step == 1 ? random.nextInt(-4, 5) : gaussian();
    }
    return by(name, values, dims);
  }

  /** The same with all values in [low, high). */
  GradientCheck within(String name, double low, double high, long... dims) {
    double[] values = new double[Math.toIntExact(Arrays.stream(dims).reduce(1, (a, b) -> a * b))];
    Arrays.setAll(values, i -> random.nextDouble(low, high));
    return by(name, values, dims);
  }

  GradientCheck by(String name, double[] values, long... dims) {
    feeds.put(name, tensor(name, dims, values));
    parameters.add(name);
    return this;
  }

  /** An input that is fed and not differentiated by. */
  GradientCheck feed(Tensor tensor) {
    feeds.put(tensor.name(), tensor);
    return this;
  }

  /** A constant of the model. */
  GradientCheck constant(Tensor tensor) {
    constants.add(tensor.name());
    return feed(tensor);
  }

  GradientCheck longs(String name, long... values) {
    return constant(Tensor.ofLongs(name, new long[] {values.length}, values));
  }

  /**
   * Operators that ONNX Runtime has in single precision only, against differences of the function
   * itself in double precision.
   */
  static void function(
      String op, DoubleUnaryOperator function, double low, double high, Attribute... attributes) {
    GradientCheck check = of(Node.of(op, List.of("x"), List.of("y"), attributes)).opset(20).exact();
    check.within("x", low, high, 50);
    Model model = check.model();
    GradientModel gradients =
        Gradients.of(model, GradientRequest.products(Map.of("y", "dy"), List.of("x")));
    float[] ones = new float[50];
    Arrays.fill(ones, 1);
    Map<String, Tensor> feeds =
        Map.of("x", check.feeds.get("x"), "dy", Tensor.ofFloats("dy", new long[] {50}, ones));
    try (RuntimeSession session = open(gradients.model())) {
      double[] x = CentralDifferences.doubles(check.feeds.get("x"));
      double[] found = CentralDifferences.doubles(session.run(feeds).get(gradients.gradient("x")));
      for (int i = 0; i < x.length; i++) {
        double expected =
            (function.applyAsDouble(x[i] + 1e-5) - function.applyAsDouble(x[i] - 1e-5)) / 2e-5;
        assertEquals(
            expected,
            found[i],
            CentralDifferences.TOLERANCE * Math.max(1, Math.abs(expected)),
            op + x[i]);
      }
    }
  }

  /** Checks the gradients' own gradients as well, by the parameters and by what seeds them. */
  GradientCheck twice() {
    twice = true;
    return this;
  }

  /** Fails where a gradient is off by more than 10⁻⁶ of the largest. */
  void run() {
    Map<String, Tensor> inputs = new LinkedHashMap<>(feeds);
    inputs.keySet().removeAll(constants);
    Map<String, Tensor> seeds = new LinkedHashMap<>();
    Model first = check(model(), inputs, parameters, surrogates, seeds);
    if (twice) {
      List<String> all = new ArrayList<>(parameters);
      all.addAll(seeds.keySet());
      inputs.putAll(seeds);
      check(first, inputs, all, Map.of(), new LinkedHashMap<>());
    }
  }

  /** Returns the model of the gradients; {@code seeds} gets what was fed to it besides. */
  private Model check(
      Model model,
      Map<String, Tensor> inputs,
      List<String> by,
      Map<String, Surrogate> instead,
      Map<String, Tensor> seeds) {
    try (RuntimeSession forward = open(model)) {
      Map<String, Tensor> outputs = forward.run(inputs);
      Map<String, String> seeded = new LinkedHashMap<>();
      Map<String, Tensor> cotangents = new LinkedHashMap<>();
      outputs.forEach(
          (name, y) -> {
            if (y.type().isFloat()) {
              seeded.put(name, "seed/" + name);
              double[] g = new double[Math.toIntExact(y.elements())];
              Arrays.setAll(g, i -> step == 1 ? random.nextInt(-3, 4) : gaussian());
              cotangents.put(name, tensor("seed/" + name, y.dims(), g));
            }
          });
      GradientRequest request = GradientRequest.products(seeded, by).surrogates(instead);
      GradientModel gradients =
          twice ? Gradients.orZeros(model, request) : Gradients.of(model, request);
      cotangents.values().forEach(t -> seeds.put(t.name(), t));
      Map<String, Tensor> all = new LinkedHashMap<>(inputs);
      all.putAll(seeds);
      CentralDifferences differences = new CentralDifferences(forward, cotangents, step);
      try (RuntimeSession backward = open(gradients.model())) {
        Map<String, Tensor> found = backward.run(all);
        for (String parameter : by) {
          differences.compare(inputs, parameter, found.get(gradients.gradient(parameter)));
        }
      }
      return gradients.model();
    }
  }

  /**
   * The gradients are those of a composition of operators, which other tests compare with
   * differences; as near as single precision allows.
   */
  void sameAs(Node... composition) {
    GradientCheck other = new GradientCheck(List.of(composition));
    other.feeds.putAll(feeds);
    other.constants.addAll(constants);
    other.type = type;
    Map<String, Tensor> expected = other.gradients(parameters);
    gradients(parameters)
        .forEach(
            (parameter, found) -> {
              double[] want = CentralDifferences.doubles(expected.get(parameter));
              double largest = Arrays.stream(want).map(Math::abs).max().orElse(0);
              assertArrayEquals(
                  want, CentralDifferences.doubles(found), 1e-5 * Math.max(largest, 1), parameter);
            });
  }

  /** For gradients of the outputs that depend on nothing but their shapes. */
  private Map<String, Tensor> gradients(List<String> by) {
    Model model = model();
    Map<String, Tensor> inputs = new LinkedHashMap<>(feeds);
    inputs.keySet().removeAll(constants);
    Map<String, String> seeds = new LinkedHashMap<>();
    try (RuntimeSession forward = open(model)) {
      forward
          .run(new LinkedHashMap<>(inputs))
          .forEach(
              (name, y) -> {
                double[] g = new double[Math.toIntExact(y.elements())];
                Arrays.setAll(g, i -> Math.sin(i + 1));
                seeds.put(name, "seed/" + name);
                inputs.put("seed/" + name, tensor("seed/" + name, y.dims(), g));
              });
    }
    GradientModel gradients = Gradients.of(model, GradientRequest.products(seeds, by));
    try (RuntimeSession backward = open(gradients.model())) {
      Map<String, Tensor> all = backward.run(inputs);
      Map<String, Tensor> found = new LinkedHashMap<>();
      by.forEach(p -> found.put(p, all.get(gradients.gradient(p))));
      return found;
    }
  }

  private Model model() {
    List<Value> inputs = new ArrayList<>();
    Map<String, Tensor> initializers = new LinkedHashMap<>();
    feeds.forEach(
        (name, tensor) -> {
          if (constants.contains(name)) {
            initializers.put(name, tensor);
          } else {
            inputs.add(Value.of(name, declared(tensor)));
          }
        });
    List<Value> outputs = new ArrayList<>();
    Set<String> read = new LinkedHashSet<>();
    nodes.forEach(n -> read.addAll(n.inputs()));
    for (Node node : nodes) {
      node.outputs().stream()
          .filter(o -> !o.isEmpty() && !read.contains(o))
          .forEach(o -> outputs.add(new Value(o, Optional.empty(), Bytes.empty())));
    }
    Graph graph =
        new Graph(
            "check", nodes, initializers, List.of(), inputs, outputs, List.of(), Bytes.empty());
    return Model.of(8, opset, graph).withOpset("com.microsoft", 1);
  }

  private TensorType declared(Tensor tensor) {
    if (fixed) {
      return TensorType.of(tensor.type(), tensor.dims());
    }
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < tensor.rank(); i++) {
      dims.add(new Dim.Named(tensor.name() + "_" + i));
    }
    return new TensorType(tensor.type(), Optional.of(dims));
  }

  private Tensor tensor(String name, long[] dims, double[] values) {
    return CentralDifferences.tensor(type, name, dims, values);
  }

  private static RuntimeSession open(Model model) {
    return RuntimeSession.open(model, SessionSettings.withThreads(1));
  }

  private double gaussian() {
    return Math.sqrt(-2 * Math.log(1 - random.nextDouble()))
        * Math.cos(2 * Math.PI * random.nextDouble());
  }
}
