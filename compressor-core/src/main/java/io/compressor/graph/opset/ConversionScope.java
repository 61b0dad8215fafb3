package io.compressor.graph.opset;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Skipped;
import io.compressor.graph.ValueNames;
import io.compressor.graph.ValueTypes;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Float16;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a conversion may know and make: ranks and types of values, constants (shared, held by the
 * main graph, where subgraphs see them too), fresh names, and the refusal.
 */
final class ConversionScope {
  private final GraphIndex index;
  private final ValueTypes types;
  private final Set<String> names = new HashSet<>();
  private final Set<String> reads = new HashSet<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final List<Skipped> refused = new ArrayList<>();

  ConversionScope(Model model) {
    this.index = new GraphIndex(model);
    this.types = new ValueTypes(index);
    ValueNames.everywhere(model.graph(), names::add);
    collectReads(model.graph());
  }

  private void collectReads(Graph graph) {
    graph.outputs().forEach(v -> reads.add(v.name()));
    for (Node node : graph.nodes()) {
      reads.addAll(node.inputs());
      ValueNames.subgraphs(node).forEach(this::collectReads);
    }
  }

  List<Node> refuse(Node node, String reason) {
    refused.add(new Skipped(node.label(), node.opType() + " " + reason));
    return List.of(node);
  }

  List<Skipped> refused() {
    return refused;
  }

  /** Constants made so far, by name. */
  Map<String, Tensor> constants() {
    return constants;
  }

  Optional<Integer> rank(String value) {
    return types.rank(value);
  }

  Optional<Tensor> constant(String value) {
    return Optional.ofNullable(constants.get(value)).or(() -> index.constant(value));
  }

  boolean isUsed(String value) {
    return reads.contains(value);
  }

  /** A 1-D int64 constant. */
  String longs(String what, long... values) {
    return shared(
        what + Arrays.toString(values).replaceAll("[^0-9-]+", "_"),
        Tensor.ofLongs("", new long[] {values.length}, values));
  }

  /** A 0-D int64 constant. */
  String scalar(String what, long value) {
    return shared(what + "_" + value + "_", Tensor.ofLongs("", new long[0], value));
  }

  /** A 1-D float constant. */
  String floats(String what, float... values) {
    return shared(
        what + Arrays.toString(values).replaceAll("[^0-9A-Za-z.-]+", "_"),
        Tensor.ofFloats("", new long[] {values.length}, values));
  }

  /** A 0-D constant of the type that {@code like} has; empty when the type is not known. */
  Optional<String> scalarLike(String like, String what, float value) {
    return types
        .elementType(like)
        .or(() -> Optional.of(ElementType.FLOAT).filter(t -> onlyFloats()))
        .flatMap(t -> scalar(t, value).map(c -> shared(what + "_" + value + "_" + t, c)));
  }

  String freshName(String base) {
    String name = base;
    for (int i = 1; !names.add(name); i++) {
      name = base + "_" + i;
    }
    return name;
  }

  /** Without any half or double constant or input, a floating value can only be float32. */
  private boolean onlyFloats() {
    return index.model().graph().initializers().values().stream()
            .noneMatch(t -> t.type().isFloat() && t.type() != ElementType.FLOAT)
        && index.model().graph().nodes().stream()
            .noneMatch(n -> n.is("Cast") && n.intAttribute("to", 1) >= 10)
        && index.model().graph().inputs().stream()
            .flatMap(v -> v.type().stream())
            .noneMatch(t -> t.elementType().isFloat() && t.elementType() != ElementType.FLOAT);
  }

  private static Optional<Tensor> scalar(ElementType type, float value) {
    ByteBuffer raw = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    switch (type) {
      case FLOAT -> raw.putFloat(value);
      case DOUBLE -> raw.putDouble(value);
      case FLOAT16 -> raw.putShort(Float16.fromFloat(value));
      case INT32 -> raw.putInt((int) value);
      case INT64 -> raw.putLong((long) value);
      default -> {
        return Optional.empty();
      }
    }
    return Optional.of(Tensor.of("", type, new long[0], Bytes.of(raw.flip())));
  }

  private String shared(String key, Tensor tensor) {
    return constants.entrySet().stream()
        .filter(e -> same(e.getValue(), tensor) && e.getKey().startsWith("opset_" + key))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseGet(
            () -> {
              String name = freshName("opset_" + key);
              constants.put(name, tensor.withName(name));
              return name;
            });
  }

  private static boolean same(Tensor a, Tensor b) {
    return a.type() == b.type()
        && Arrays.equals(a.dims(), b.dims())
        && Arrays.equals(a.data().toArray(), b.data().toArray());
  }
}
