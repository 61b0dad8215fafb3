package io.compressor.graph.channel;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.graph.ValueTypes;
import io.compressor.ir.Dim;
import io.compressor.ir.Graph;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The fixed sizes of axes, as far as weights, declarations and shape constants tell. Exact where it
 * answers. Axes count from the end.
 */
final class AxisSizes {
  private static final int MAX_DEPTH = 64;
  private static final Set<String> BROADCAST =
      Set.of("Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Where", "Sum");

  private final GraphIndex index;
  private final ValueTypes types;
  private final Map<String, Site> sites;
  private final ShapeEntries shapes;
  private final Map<String, List<Dim>> declared = new HashMap<>();
  private final Map<Axis, Optional<Long>> known = new HashMap<>();

  AxisSizes(GraphIndex index, ValueTypes types, Map<String, Site> sitesByOutput) {
    this.index = index;
    this.types = types;
    this.sites = sitesByOutput;
    this.shapes = new ShapeEntries(index);
    Graph graph = index.model().graph();
    graph.inputs().forEach(this::declare);
    graph.valueInfo().forEach(this::declare);
    graph.outputs().forEach(this::declare);
  }

  Optional<Long> of(Axis axis) {
    return of(axis, 0);
  }

  Optional<Integer> rank(String value) {
    return types.rank(value);
  }

  private void declare(Value value) {
    value.type().flatMap(TensorType::dims).ifPresent(d -> declared.put(value.name(), d));
  }

  private Optional<Long> of(Axis axis, int depth) {
    Optional<Long> found = known.get(axis);
    if (found != null || depth > MAX_DEPTH) {
      return found == null ? Optional.empty() : found;
    }
    found = look(axis, depth + 1);
    known.put(axis, found);
    return found;
  }

  private Optional<Long> look(Axis axis, int depth) {
    Optional<Tensor> constant = index.constant(axis.value());
    if (constant.isPresent()) {
      long[] dims = constant.get().dims();
      int at = dims.length + axis.axis();
      return at >= 0 && at < dims.length ? Optional.of(dims[at]) : Optional.empty();
    }
    Optional<Long> said =
        Optional.ofNullable(declared.get(axis.value()))
            .filter(d -> d.size() + axis.axis() >= 0)
            .map(d -> d.get(d.size() + axis.axis()))
            .flatMap(d -> d instanceof Dim.Fixed f ? Optional.of(f.size()) : Optional.empty());
    return said.or(() -> index.producer(axis.value()).flatMap(n -> made(n, axis, depth)))
        .or(() -> read(axis));
  }

  /** What a weight that multiplies the last axis expects there. */
  private Optional<Long> read(Axis axis) {
    return axis.axis() != -1
        ? Optional.empty()
        : index.consumers(axis.value()).stream()
            .filter(n -> !n.outputs().isEmpty() && sites.containsKey(n.outputs().get(0)))
            .map(n -> sites.get(n.outputs().get(0)))
            .filter(s -> s.input().equals(axis.value()))
            .filter(s -> s.kind() == SiteKind.GEMM || s.kind() == SiteKind.MATMUL)
            .filter(s -> s.kind() == SiteKind.GEMM || s.weightInput() == 1)
            .map(s -> (long) s.in())
            .findFirst();
  }

  private Optional<Long> made(Node node, Axis axis, int depth) {
    int a = axis.axis();
    Site site = sites.get(axis.value());
    if (site != null) {
      return ofSite(site, a, depth);
    }
    String op = node.opType();
    if (op.startsWith("Skip") && Axes.KEEPS_SHAPE.contains(op)) {
      return input(node, 0, a, depth); // the sum too
    }
    if (!node.outputs().get(0).equals(axis.value())) {
      return Optional.empty();
    }
    if (BROADCAST.contains(op)) {
      return broadcast(node, a, depth);
    }
    if (op.startsWith("Reduce") && node.intAttribute("keepdims", 1) != 0) {
      return Axes.of(node, index)
          .flatMap(
              axes -> {
                int rank = types.rank(node.inputs().get(0)).orElse(0);
                boolean reduced = axes.stream().anyMatch(x -> x == a || x == a + rank);
                return reduced ? Optional.of(1L) : input(node, 0, a, depth);
              });
    }
    return switch (op) {
      case "Transpose" ->
          Axes.permuted(node, types, a).flatMap(from -> input(node, 0, from, depth));
      case "MatMul" ->
          isMatrix(node, 1) && (a == -1 || isMatrix(node, 0))
              ? input(node, a == -1 ? 1 : 0, a, depth)
              : Optional.empty();
      case "Reshape" ->
          node.input(1)
              .flatMap(s -> shapes.entry(s, a))
              .filter(n -> n > 0)
              .or(() -> copied(node, a, depth));
      case "Expand" ->
          node.input(1)
              .flatMap(s -> shapes.entry(s, a))
              .filter(n -> n > 1)
              .or(() -> input(node, 0, a, depth).filter(n -> n > 1));
      case "Unsqueeze" ->
          Axes.inserted(node, index, types, a)
              .flatMap(from -> from == 0 ? Optional.of(1L) : input(node, 0, from, depth));
      case "Squeeze" ->
          Axes.dropped(node, index, types, a).flatMap(from -> input(node, 0, from, depth));
      case "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool" -> pooled(node, a, depth);
      case "Concat", "Slice", "Gather", "Split" ->
          Axes.touches(node, index, types, a) ? Optional.empty() : input(node, 0, a, depth);
      default -> Axes.KEEPS_SHAPE.contains(op) ? input(node, 0, a, depth) : Optional.empty();
    };
  }

  /** A target of 0 takes the input's axis over, when both have the same rank up to there. */
  private Optional<Long> copied(Node node, int a, int depth) {
    Optional<Integer> from = types.rank(node.inputs().get(0));
    Optional<Integer> to = types.rank(node.outputs().get(0));
    boolean zero =
        node.intAttribute("allowzero", 0) == 0
            && node.input(1).flatMap(s -> shapes.entry(s, a)).filter(n -> n == 0).isPresent();
    return zero && from.isPresent() && to.isPresent()
        ? input(node, 0, a + to.get() - from.get(), depth)
        : Optional.empty();
  }

  private boolean isMatrix(Node node, int input) {
    return node.input(input).flatMap(types::rank).filter(r -> r > 1).isPresent();
  }

  private Optional<Long> pooled(Node node, int a, int depth) {
    Optional<Integer> rank = types.rank(node.inputs().get(0));
    if (rank.isEmpty()) {
      return Optional.empty();
    }
    boolean spatial = a > 1 - rank.get();
    return spatial
        ? Optional.of(1L).filter(n -> node.opType().startsWith("Global"))
        : input(node, 0, a, depth);
  }

  private Optional<Long> ofSite(Site site, int a, int depth) {
    int out =
        switch (site.kind()) {
          case MATMUL -> site.weightInput() == 1 ? -1 : -2;
          case GEMM, GATHER -> -1;
          case CONV -> 1 - site.weight().rank();
        };
    if (a == out) {
      return Optional.of((long) (site.kind() == SiteKind.GATHER ? site.in() : site.out()));
    }
    return site.kind() == SiteKind.MATMUL ? of(new Axis(site.input(), a), depth) : Optional.empty();
  }

  private Optional<Long> broadcast(Node node, int a, int depth) {
    boolean all = true;
    for (String in : node.inputs()) {
      Optional<Integer> rank = types.rank(in);
      if (rank.isPresent() && rank.get() + a < 0) {
        continue; // too few axes: counts as 1
      }
      Optional<Long> size = of(new Axis(in, a), depth);
      if (size.filter(n -> n > 1).isPresent()) {
        return size;
      }
      all &= size.isPresent();
    }
    return all ? Optional.of(1L) : Optional.empty();
  }

  private Optional<Long> input(Node node, int i, int axis, int depth) {
    return axis >= 0 ? Optional.empty() : node.input(i).flatMap(v -> of(new Axis(v, axis), depth));
  }
}
