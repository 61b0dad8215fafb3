package io.compressor.encoding;

import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Node;
import java.util.ArrayList;
import java.util.List;

/** Nodes written one after the other, each with one freshly named output. */
final class NodeList {
  private final Emission emission;
  private final List<Node> nodes = new ArrayList<>();

  NodeList(Emission emission) {
    this.emission = emission;
  }

  List<Node> nodes() {
    return List.copyOf(nodes);
  }

  Emission emission() {
    return emission;
  }

  void add(Node node) {
    nodes.add(node);
  }

  /** Adds a standard node and returns the name of its output, derived from {@code name}. */
  String add(String name, String op, List<String> inputs, Attribute... attributes) {
    String output = emission.editor().freshName(name);
    nodes.add(Node.of(op, inputs, List.of(output), attributes));
    return output;
  }

  /** As {@link #add}, an operator of the runtime's own domain. */
  String addContributed(String name, String op, List<String> inputs) {
    String output = emission.editor().freshName(name);
    nodes.add(Node.in("com.microsoft", op, inputs, List.of(output)));
    emission.editor().requireOpset("com.microsoft", 1);
    return output;
  }

  String cast(String name, String value, ElementType type) {
    return add(name, "Cast", List.of(value), Attribute.of("to", type.onnxId()));
  }

  String reshape(String name, String value, long... dims) {
    return add(name, "Reshape", List.of(value, emission.shape(dims)));
  }

  /** Reduces along one axis, which stays with one entry. */
  String reduce(String name, String op, String value, long axis) {
    boolean asInput = emission.opset() >= (op.equals("ReduceSum") ? 13 : 18);
    Attribute keep = Attribute.of("keepdims", 1);
    return asInput
        ? add(name, op, List.of(value, emission.shape(axis)), keep)
        : add(name, op, List.of(value), keep, Attribute.of("axes", new long[] {axis}));
  }

  /** The shape of a value, with other sizes instead of that of its last axis. */
  String lastAxisAs(String name, String value, long... sizes) {
    String shape = add(name + "/shape", "Shape", List.of(value));
    String leading =
        add(
            name + "/leading",
            "Slice",
            List.of(shape, emission.shape(0), emission.shape(-1), emission.shape(0)));
    return add(
        name + "/new_shape",
        "Concat",
        List.of(leading, emission.shape(sizes)),
        Attribute.of("axis", 0));
  }

  /** Gathers along axis 0. */
  String gather(String name, String table, String indices) {
    return add(name, "Gather", List.of(table, indices));
  }

  /** The first {@code size} entries along an axis. */
  String head(String name, String value, long axis, long size) {
    Emission e = emission;
    return add(name, "Slice", List.of(value, e.shape(0), e.shape(size), e.shape(axis)));
  }
}
