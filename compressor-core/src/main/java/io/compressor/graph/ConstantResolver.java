package io.compressor.graph;

import io.compressor.graph.ConstantSource.View;
import io.compressor.ir.Attribute;
import io.compressor.ir.AttributeValue;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Finds the constant behind a value name; see {@link GraphIndex#constant(String)}. */
final class ConstantResolver {
  /** Longer chains are hostile rather than useful, and recursion must stay shallow. */
  private static final int MAX_CHAIN = 32;

  private final Model model;
  private final Function<String, Optional<Node>> producers;
  private final Set<String> overridable = new HashSet<>();
  private final Map<String, Optional<ConstantSource>> known = new HashMap<>();

  ConstantResolver(Model model, Function<String, Optional<Node>> producers) {
    this.model = model;
    this.producers = producers;
    if (model.irVersion() >= 4) {
      model.graph().inputs().forEach(v -> overridable.add(v.name()));
    }
  }

  Optional<ConstantSource> resolve(String value) {
    return resolve(value, 0);
  }

  private Optional<ConstantSource> resolve(String value, int depth) {
    Optional<ConstantSource> found = known.get(value);
    if (found != null) {
      return found;
    }
    if (depth > MAX_CHAIN) {
      return Optional.empty();
    }
    known.put(value, Optional.empty()); // a cycle ends here
    found = look(value, depth);
    known.put(value, found);
    return found;
  }

  private Optional<ConstantSource> look(String value, int depth) {
    Tensor initializer = model.graph().initializers().get(value);
    if (initializer != null) {
      return overridable.contains(value)
          ? Optional.empty()
          : Optional.of(new ConstantSource(value, initializer, View.SAME));
    }
    return producers.apply(value).flatMap(node -> through(node, value, depth));
  }

  private Optional<ConstantSource> through(Node node, String value, int depth) {
    if (!node.domain().isEmpty() && !node.domain().equals("ai.onnx")) {
      return Optional.empty();
    }
    if (node.opType().equals("Constant")) {
      return literal(node).map(t -> new ConstantSource(value, t.withName(value), View.SAME));
    }
    Optional<ConstantSource> input = node.input(0).flatMap(i -> resolve(i, depth + 1));
    if (input.isEmpty()) {
      return Optional.empty();
    }
    ConstantSource in = input.get();
    return switch (node.opType()) {
      case "Identity" -> Optional.of(named(in, in.tensor(), value, in.view()));
      case "Cast" ->
          ElementType.of((int) node.intAttribute("to", 0))
              .flatMap(to -> TensorViews.cast(in.tensor(), to))
              .map(t -> named(in, t, value, in.view()));
      case "Transpose" -> transpose(node, in, value);
      case "Reshape" ->
          longs(node, 1, "shape", depth)
              .flatMap(s -> TensorViews.reshape(in.tensor(), s, node.intAttribute("allowzero", 0)))
              .map(t -> named(in, t, value, View.RESHAPED));
      case "Squeeze" ->
          TensorViews.squeeze(in.tensor(), longs(node, 1, "axes", depth))
              .map(t -> named(in, t, value, View.RESHAPED));
      case "Unsqueeze" ->
          longs(node, 1, "axes", depth)
              .flatMap(a -> TensorViews.unsqueeze(in.tensor(), a))
              .map(t -> named(in, t, value, View.RESHAPED));
      default -> Optional.empty();
    };
  }

  private static Optional<ConstantSource> transpose(Node node, ConstantSource in, String value) {
    int rank = in.tensor().rank();
    int[] perm =
        node.intsAttribute("perm")
            .map(p -> IntStream.range(0, p.length).map(i -> (int) p[i]).toArray())
            .orElseGet(() -> IntStream.range(0, rank).map(i -> rank - 1 - i).toArray());
    boolean still = rank == perm.length && IntStream.range(0, rank).allMatch(i -> perm[i] == i);
    View view = still ? in.view() : rank == 2 ? in.view().transposed() : View.RESHAPED;
    return TensorViews.transpose(in.tensor(), perm).map(t -> named(in, t, value, view));
  }

  private Optional<long[]> longs(Node node, int input, String attribute, int depth) {
    Optional<long[]> fixed = node.intsAttribute(attribute);
    return fixed.isPresent()
        ? fixed
        : node.input(input)
            .flatMap(i -> resolve(i, depth + 1))
            .map(ConstantSource::tensor)
            .filter(t -> t.type() == ElementType.INT64 && t.rank() <= 1)
            .map(Tensor::toLongs);
  }

  private static ConstantSource named(ConstantSource in, Tensor made, String name, View view) {
    return new ConstantSource(in.root(), made.withName(name), view);
  }

  /** The value of a {@code Constant} node; strings and sparse values are no weights. */
  private static Optional<Tensor> literal(Node node) {
    for (Attribute attribute : node.attributes().values()) {
      AttributeValue value = attribute.value();
      if (value instanceof AttributeValue.OfTensor t) {
        return Optional.of(t.value());
      }
      if (value instanceof AttributeValue.OfFloat f) {
        return Optional.of(Tensor.scalar("", f.value()));
      }
      if (value instanceof AttributeValue.OfFloats f) {
        return Optional.of(Tensor.ofFloats("", new long[] {f.values().length}, f.values()));
      }
      if (value instanceof AttributeValue.OfInt i) {
        return Optional.of(Tensor.ofLongs("", new long[0], i.value()));
      }
      if (value instanceof AttributeValue.OfInts i) {
        return Optional.of(Tensor.ofLongs("", new long[] {i.values().length}, i.values()));
      }
    }
    return Optional.empty();
  }
}
