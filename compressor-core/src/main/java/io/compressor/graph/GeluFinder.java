package io.compressor.graph;

import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds every GELU of the exact kind: the node {@code Gelu}, and spelled out around its {@code Erf}
 * with the half at the end, at x, or at 1 + erf.
 */
public final class GeluFinder {
  private static final double ROOT = Math.sqrt(2);

  private final GraphIndex index;

  private GeluFinder(GraphIndex index) {
    this.index = index;
  }

  /** All of the main graph, in graph order. */
  public static List<Gelu> find(GraphIndex index) {
    GeluFinder finder = new GeluFinder(index);
    List<Gelu> found = new ArrayList<>();
    for (Node node : index.model().graph().nodes()) {
      if (node.is("Erf")) {
        finder.around(node).ifPresent(found::add);
      } else if (node.opType().equals("Gelu")
          && node.textAttribute("approximate", "none").equals("none")) {
        found.add(new Gelu(node.label(), node.inputs().get(0), node.outputs().get(0)));
      }
    }
    return found;
  }

  private Optional<Gelu> around(Node erf) {
    Optional<String> x = index.producer(erf.inputs().get(0)).flatMap(this::overRootTwo);
    Optional<Node> sum =
        index.soleConsumer(erf.outputs().get(0)).filter(n -> other(n, "Add", 1).isPresent());
    if (x.isEmpty() || sum.isEmpty()) {
      return Optional.empty();
    }
    return ending(x.get(), sum.get().outputs().get(0))
        .map(end -> new Gelu(erf.label(), x.get(), end.outputs().get(0)));
  }

  private Optional<String> overRootTwo(Node node) {
    if (node.is("Div") && isNumber(node.inputs().get(1), ROOT)) {
      return node.input(0);
    }
    return other(node, "Mul", 1 / ROOT);
  }

  /** The last of the two products that multiply 1 + erf by x and ½, in any order. */
  private Optional<Node> ending(String x, String sum) {
    Optional<Node> first = index.soleConsumer(sum).filter(n -> n.is("Mul") || n.is("Div"));
    if (first.isEmpty()) {
      return Optional.empty();
    }
    String product = first.get().outputs().get(0);
    if (halved(first.get()).filter(sum::equals).isPresent()) {
      return index.soleConsumer(product).filter(n -> multiplies(n, product, x));
    }
    if (multiplies(first.get(), sum, x)) {
      return index.soleConsumer(product).filter(n -> halved(n).filter(product::equals).isPresent());
    }
    return first.filter(
        n ->
            n.is("Mul")
                && n.inputs().stream()
                    .filter(i -> !i.equals(sum))
                    .allMatch(
                        i ->
                            index.producer(i).flatMap(this::halved).filter(x::equals).isPresent()));
  }

  private static boolean multiplies(Node node, String a, String b) {
    return node.is("Mul")
        && node.inputs().size() == 2
        && (node.inputs().equals(List.of(a, b)) || node.inputs().equals(List.of(b, a)));
  }

  /** What the node takes the half of. */
  private Optional<String> halved(Node node) {
    return node.is("Div") && isNumber(node.inputs().get(1), 2)
        ? node.input(0)
        : other(node, "Mul", 0.5);
  }

  /** The other operand of a node that combines it with a number. */
  private Optional<String> other(Node node, String type, double number) {
    if (!node.is(type) || node.inputs().size() != 2) {
      return Optional.empty();
    }
    for (int i = 0; i < 2; i++) {
      if (isNumber(node.inputs().get(i), number)) {
        return node.input(1 - i);
      }
    }
    return Optional.empty();
  }

  private boolean isNumber(String value, double expected) {
    return index
        .constant(value)
        .filter(t -> t.elements() == 1 && t.type().isFloat())
        .map(Tensor::toFloats)
        .filter(v -> Math.abs(v[0] - expected) <= 1e-3 * expected)
        .isPresent();
  }
}
