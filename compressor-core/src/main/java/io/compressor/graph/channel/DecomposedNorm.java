package io.compressor.graph.channel;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.ValueTypes;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Reads a norm that is spelled out, from its division backwards and forwards. */
final class DecomposedNorm {
  private final GraphIndex index;
  private final ValueTypes types;

  DecomposedNorm(GraphIndex index, ValueTypes types) {
    this.index = index;
    this.types = types;
  }

  /** The norm whose division (or product with the reciprocal root) is {@code node}. */
  Optional<Norm> endingIn(Node node) {
    boolean divides = node.is("Div");
    if ((!divides && !node.is("Mul")) || node.inputs().size() != 2) {
      return Optional.empty();
    }
    for (int root = divides ? 1 : 0; root < 2; root++) {
      List<Node> nodes = new ArrayList<>(List.of(node));
      String core = node.inputs().get(1 - root);
      Optional<String> sum = sumOfSquares(node.inputs().get(root), !divides, nodes);
      if (sum.isPresent() && squareOf(sum.get(), core, nodes)) {
        return Optional.of(complete(node, core, nodes));
      }
    }
    return Optional.empty();
  }

  /** The value whose mean was taken, from the root or its reciprocal backwards. */
  private Optional<String> sumOfSquares(String value, boolean reciprocal, List<Node> nodes) {
    Optional<Node> at = own(value, nodes);
    if (at.isEmpty()) {
      return Optional.empty();
    }
    Optional<Node> root = at.filter(n -> reciprocal ? isPower(n, -0.5f) : isRoot(n));
    if (reciprocal && at.get().is("Reciprocal")) {
      root = own(at.get().inputs().get(0), nodes).filter(this::isRoot);
    } else if (reciprocal && at.get().is("Div") && isNumber(at.get(), 0, 1)) {
      root = own(at.get().inputs().get(1), nodes).filter(this::isRoot);
    }
    if (root.isEmpty()) {
      return Optional.empty();
    }
    return own(root.get().inputs().get(0), nodes)
        .filter(n -> n.is("Add") && n.inputs().size() == 2)
        .flatMap(n -> number(n, 1).isPresent() ? n.input(0) : number(n, 0).flatMap(e -> n.input(1)))
        .flatMap(mean -> own(mean, nodes))
        .filter(this::isLastMean)
        .flatMap(n -> n.input(0));
  }

  private boolean isRoot(Node node) {
    return node.is("Sqrt") || isPower(node, 0.5f);
  }

  private boolean isPower(Node node, float exponent) {
    return node.is("Pow") && isNumber(node, 1, exponent);
  }

  private boolean squareOf(String square, String core, List<Node> nodes) {
    return own(square, nodes)
        .filter(
            n ->
                n.inputs().size() == 2
                    && n.inputs().get(0).equals(core)
                    && (n.is("Mul") ? n.inputs().get(1).equals(core) : isPower(n, 2)))
        .isPresent();
  }

  private Norm complete(Node division, String core, List<Node> nodes) {
    Optional<Node> centring = centring(core);
    List<Node> all = new ArrayList<>(nodes);
    centring.ifPresent(
        sub -> {
          all.add(sub);
          all.add(index.producer(sub.inputs().get(1)).orElseThrow());
        });
    String normalized = division.outputs().get(0);
    String at = throughCast(normalized, all);
    Optional<Norm.Operand> gain = vector(at, "Mul");
    String gained = gain.map(g -> g.node().outputs().get(0)).orElse(at);
    gain.ifPresent(g -> all.add(g.node()));
    Optional<Norm.Operand> shift = gain.flatMap(g -> vector(gained, "Add"));
    shift.ifPresent(s -> all.add(s.node()));
    String output = shift.map(s -> s.node().outputs().get(0)).orElse(gained);
    all.sort(Comparator.comparingInt(n -> index.position(n.outputs().get(0))));
    return new Norm(
        gain.map(Norm.Operand::value)
            .filter(index.model().graph().initializers()::containsKey)
            .orElse(output),
        centring.isPresent() ? Norm.Kind.LAYER : Norm.Kind.RMS,
        List.of(centring.map(sub -> sub.inputs().get(0)).orElse(core)),
        Optional.empty(),
        normalized,
        output,
        all,
        gain,
        shift,
        core,
        epsilon(nodes));
  }

  /** What is added under the root: the only number that is added. */
  private float epsilon(List<Node> nodes) {
    return nodes.stream()
        .filter(n -> n.is("Add"))
        .flatMap(n -> number(n, 1).or(() -> number(n, 0)).stream())
        .findFirst()
        .orElse(0f);
  }

  /** The Sub that takes the mean of its own left input off, read by the norm alone. */
  private Optional<Node> centring(String core) {
    return index
        .producer(core)
        .filter(n -> n.is("Sub") && n.inputs().size() == 2 && !index.isOutput(core))
        .filter(n -> index.consumers(core).size() == 2)
        .filter(
            n ->
                index
                    .producer(n.inputs().get(1))
                    .filter(m -> isLastMean(m) && m.inputs().get(0).equals(n.inputs().get(0)))
                    .filter(m -> index.soleConsumer(n.inputs().get(1)).isPresent())
                    .isPresent());
  }

  private String throughCast(String value, List<Node> nodes) {
    Optional<Node> cast = index.soleConsumer(value).filter(n -> n.is("Cast"));
    cast.ifPresent(nodes::add);
    return cast.map(n -> n.outputs().get(0)).orElse(value);
  }

  private Optional<Norm.Operand> vector(String value, String type) {
    return index
        .soleConsumer(value)
        .filter(n -> n.is(type) && n.inputs().size() == 2)
        .map(n -> new Norm.Operand(n, n.inputs().get(0).equals(value) ? 1 : 0))
        .filter(
            o ->
                index
                    .constant(o.value())
                    .filter(t -> t.elements() > 1 && t.rank() > 0)
                    .filter(t -> t.dims()[t.rank() - 1] == t.elements())
                    .isPresent());
  }

  /** The producer of a value that nothing else reads; it joins the norm's nodes. */
  private Optional<Node> own(String value, List<Node> nodes) {
    Optional<Node> node =
        index.soleConsumer(value).isPresent() ? index.producer(value) : Optional.empty();
    node.ifPresent(nodes::add);
    return node;
  }

  private boolean isLastMean(Node node) {
    if (!node.is("ReduceMean") || node.intAttribute("keepdims", 1) == 0) {
      return false;
    }
    Optional<long[]> axes =
        node.intsAttribute("axes").or(() -> node.input(1).flatMap(index::longs));
    Optional<Integer> rank = node.input(0).flatMap(types::rank);
    return axes.filter(a -> a.length == 1)
        .filter(a -> a[0] == -1 || rank.filter(r -> r - 1 == a[0]).isPresent())
        .isPresent();
  }

  private boolean isNumber(Node node, int input, float expected) {
    return number(node, input).filter(v -> v == expected).isPresent();
  }

  private Optional<Float> number(Node node, int input) {
    return node.input(input)
        .flatMap(index::constant)
        .filter(t -> t.elements() == 1)
        .map(Tensor::toFloats)
        .map(v -> v[0]);
  }
}
