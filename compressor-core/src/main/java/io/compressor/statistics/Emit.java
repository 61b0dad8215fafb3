package io.compressor.statistics;

import io.compressor.graph.FreePrefix;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.runtime.Taps;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Nodes to append to a model, spelled in the operator versions that the model speaks: raising them
 * would change what its own nodes mean.
 */
public final class Emit {
  private final Model model;
  private final String prefix;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();

  Emit(Model model) {
    this(model, "statistics");
  }

  /** Names of new values start with {@code base}, numbered where the model uses that already. */
  public Emit(Model model, String base) {
    this.model = model;
    this.prefix = FreePrefix.of(model, base);
  }

  /** The whole model with {@code outputs} as further outputs. */
  public Model append(Collection<String> outputs) {
    return Taps.append(model, nodes, constants, outputs);
  }

  /** The model that computes nothing but {@code outputs}. */
  Model build(Collection<String> outputs) {
    return Taps.only(Taps.append(model, nodes, constants, outputs), outputs);
  }

  /** Appends a node with one output and returns the output's name. */
  public String node(String op, List<String> inputs, Attribute... attributes) {
    return nodeOf("", op, inputs, attributes);
  }

  /** The same for an operator of another domain, which the model must import. */
  public String nodeOf(String domain, String op, List<String> inputs, Attribute... attributes) {
    String output = prefix + nodes.size();
    nodes.add(Node.in(domain, op, inputs, List.of(output), attributes));
    return output;
  }

  /** The first output of a node that must have a second one. */
  public String firstOfTwo(String op, List<String> inputs, Attribute... attributes) {
    String output = prefix + nodes.size();
    nodes.add(Node.of(op, inputs, List.of(output, output + "b"), attributes));
    return output;
  }

  /** Gives a value of ours a name that starts like the others and ends in {@code name}. */
  public String named(String value, String name) {
    nodes.add(Node.of("Identity", List.of(value), List.of(prefix + name)));
    return prefix + name;
  }

  /** Adds a constant once and returns its name. */
  public String constant(String key, Tensor value) {
    String name = prefix + key;
    constants.putIfAbsent(name, value.withName(name));
    return name;
  }

  public String cast(String x, ElementType to) {
    return node("Cast", List.of(x), Attribute.of("to", to.onnxId()));
  }

  public String transpose(String x, long... perm) {
    return node("Transpose", List.of(x), Attribute.of("perm", perm));
  }

  public String reshape(String x, long... dims) {
    return node("Reshape", List.of(x, longs(dims)));
  }

  /** Shape of x, int64 [rank]. */
  public String shape(String x) {
    return node("Shape", List.of(x));
  }

  /** Reduces over the given axes, or over all when none is given; reduced axes are dropped. */
  public String reduce(String op, String x, long... axes) {
    long inputSince = op.equals("ReduceSum") ? 13 : 18;
    Attribute drop = Attribute.of("keepdims", 0L);
    if (axes.length == 0) {
      return node(op, List.of(x), drop);
    }
    return model.opset() >= inputSince
        ? node(op, List.of(x, longs(axes)), drop)
        : node(op, List.of(x), Attribute.of("axes", axes), drop);
  }

  /** An int64 vector. */
  public String longs(long... values) {
    String key = "i" + java.util.Arrays.toString(values).replaceAll("[^-\\d]+", "_");
    return constant(key, Tensor.ofLongs("", new long[] {values.length}, values));
  }
}
