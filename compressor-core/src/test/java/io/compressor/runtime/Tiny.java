package io.compressor.runtime;

import io.compressor.ir.Bytes;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Small models, built in code. */
final class Tiny {
  private Tiny() {}

  static Model model(List<Value> in, List<Node> nodes, List<Tensor> constants, String... out) {
    return model(13, in, nodes, constants, out);
  }

  static Model model(
      long opset, List<Value> in, List<Node> nodes, List<Tensor> constants, String... out) {
    Map<String, Tensor> initializers = new LinkedHashMap<>();
    constants.forEach(t -> initializers.put(t.name(), t));
    List<Value> outputs =
        Arrays.stream(out).map(o -> new Value(o, Optional.empty(), Bytes.empty())).toList();
    return Model.of(
        8,
        opset,
        new Graph("tiny", nodes, initializers, List.of(), in, outputs, List.of(), Bytes.empty()));
  }

  /** x[batch, width] → MatMul → Relu → MatMul → y, weights large enough to be lent. */
  static Model perceptron(int width, int hidden) {
    return model(
        List.of(named("x", "batch", width)),
        List.of(
            Node.of("MatMul", List.of("x", "w1"), List.of("h")).withName("first"),
            Node.of("Relu", List.of("h"), List.of("a")).withName("relu"),
            Node.of("MatMul", List.of("a", "w2"), List.of("y")).withName("second")),
        List.of(noise("w1", 1, width, hidden), noise("w2", 2, hidden, width)),
        "y");
  }

  static Value named(String name, String batch, long... rest) {
    List<Dim> dims = new java.util.ArrayList<>();
    dims.add(new Dim.Named(batch));
    Arrays.stream(rest).forEach(d -> dims.add(new Dim.Fixed(d)));
    return Value.of(name, new TensorType(ElementType.FLOAT, Optional.of(dims)));
  }

  static Value fixed(String name, ElementType type, long... dims) {
    return Value.of(name, TensorType.of(type, dims));
  }

  static Tensor noise(String name, long seed, long... dims) {
    SplittableRandom random = new SplittableRandom(seed);
    int n = (int) Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) (random.nextDouble() * 2 - 1);
    }
    return Tensor.ofFloats(name, dims, values);
  }
}
