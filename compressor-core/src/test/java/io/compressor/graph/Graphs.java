package io.compressor.graph;

import io.compressor.ir.Attribute;
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
import java.util.SplittableRandom;

/** Builds test models in code: values are named, weights are seeded by their names. */
public final class Graphs {
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Tensor> initializers = new LinkedHashMap<>();
  private final List<Value> inputs = new ArrayList<>();
  private final List<Value> outputs = new ArrayList<>();

  public static Graphs graph() {
    return new Graphs();
  }

  public Graphs input(String name, long... dims) {
    return input(name, ElementType.FLOAT, dims);
  }

  public Graphs input(String name, ElementType type, long... dims) {
    inputs.add(Value.of(name, TensorType.of(type, dims)));
    return this;
  }

  public Graphs input(Value value) {
    inputs.add(value);
    return this;
  }

  /** Standard normal values, seeded by the name. */
  public Graphs weight(String name, long... dims) {
    return constant(random(name, 1, dims));
  }

  /** Uniform values in (low, high), seeded by the name. */
  public Graphs uniform(String name, double low, double high, long... dims) {
    SplittableRandom random = new SplittableRandom(name.hashCode());
    float[] values = new float[count(dims)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(low, high);
    }
    return constant(Tensor.ofFloats(name, dims, values));
  }

  public Graphs floats(String name, float... values) {
    return constant(Tensor.ofFloats(name, new long[] {values.length}, values));
  }

  public Graphs longs(String name, long... values) {
    return constant(Tensor.ofLongs(name, new long[] {values.length}, values));
  }

  public Graphs constant(Tensor tensor) {
    initializers.put(tensor.name(), tensor);
    return this;
  }

  /** A node named like its output. */
  public Graphs node(String type, String output, List<String> ins, Attribute... attributes) {
    return node(Node.of(type, ins, List.of(output), attributes).withName(output + "_node"));
  }

  public Graphs node(Node node) {
    nodes.add(node);
    return this;
  }

  public Graphs output(String name, long... dims) {
    outputs.add(Value.of(name, TensorType.of(ElementType.FLOAT, dims)));
    return this;
  }

  public Graphs output(Value value) {
    outputs.add(value);
    return this;
  }

  public Graph build() {
    return new Graph(
        "g", nodes, initializers, List.of(), inputs, outputs, List.of(), Bytes.empty());
  }

  public Model model(long opset) {
    return Model.of(IrVersions.forOpset(opset), opset, build());
  }

  public Model model() {
    return model(13);
  }

  public static Tensor random(String name, double deviation, long... dims) {
    SplittableRandom random = new SplittableRandom(name.hashCode());
    float[] values = new float[count(dims)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return Tensor.ofFloats(name, dims, values);
  }

  private static int count(long... dims) {
    int n = 1;
    for (long d : dims) {
      n *= (int) d;
    }
    return n;
  }
}
