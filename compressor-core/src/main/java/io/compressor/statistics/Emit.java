package io.compressor.statistics;

import io.compressor.graph.ValueNames;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.runtime.Taps;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Nodes to append to a model, spelled in the operator versions that the model speaks: raising them
 * would change what its own nodes mean.
 */
final class Emit {
  private final Model model;
  private final String prefix;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();

  Emit(Model model) {
    this.model = model;
    this.prefix = freePrefix(model);
  }

  /** The model that computes nothing but {@code outputs}. */
  Model build(Collection<String> outputs) {
    return Taps.only(Taps.append(model, nodes, constants, outputs), outputs);
  }

  /** Appends a node with one output and returns the output's name. */
  String node(String op, List<String> inputs, Attribute... attributes) {
    String output = prefix + nodes.size();
    nodes.add(Node.of(op, inputs, List.of(output), attributes));
    return output;
  }

  /** Adds a constant once and returns its name. */
  String constant(String key, Tensor value) {
    String name = prefix + key;
    constants.putIfAbsent(name, value.withName(name));
    return name;
  }

  String cast(String x, ElementType to) {
    return node("Cast", List.of(x), Attribute.of("to", to.onnxId()));
  }

  String transpose(String x, long... perm) {
    return node("Transpose", List.of(x), Attribute.of("perm", perm));
  }

  String reshape(String x, long... dims) {
    return node("Reshape", List.of(x, longs(dims)));
  }

  /** Shape of x, int64 [rank]. */
  String shape(String x) {
    return node("Shape", List.of(x));
  }

  /** Reduces over the given axes, or over all when none is given; reduced axes are dropped. */
  String reduce(String op, String x, long... axes) {
    long inputSince = op.equals("ReduceSum") ? 13 : 18;
    Attribute drop = Attribute.of("keepdims", 0L);
    if (axes.length == 0) {
      return node(op, List.of(x), drop);
    }
    return model.opset() >= inputSince
        ? node(op, List.of(x, longs(axes)), drop)
        : node(op, List.of(x), Attribute.of("axes", axes), drop);
  }

  private String longs(long... values) {
    String key = "i" + java.util.Arrays.toString(values).replaceAll("[^-\\d]+", "_");
    return constant(key, Tensor.ofLongs("", new long[] {values.length}, values));
  }

  private static String freePrefix(Model model) {
    Set<String> names = new HashSet<>(model.graph().initializers().keySet());
    model.graph().inputs().forEach(v -> names.add(v.name()));
    ValueNames.everywhere(model.graph(), names::add);
    String prefix = "statistics/";
    while (true) {
      String candidate = prefix;
      if (names.stream().noneMatch(n -> n.startsWith(candidate))) {
        return candidate;
      }
      prefix = "_" + prefix;
    }
  }
}
