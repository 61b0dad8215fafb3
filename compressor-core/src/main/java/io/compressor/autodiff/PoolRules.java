package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Pools over windows, and over all of an image, of [N, C, …] with any number of spatial axes. */
final class PoolRules {
  private PoolRules() {}

  static void addTo(Map<String, GradientRule> rules) {
    rules.put("MaxPool", PoolRules::max);
    rules.put("AveragePool", PoolRules::average);
    rules.put("LpPool", PoolRules::norm);
    rules.put("GlobalAveragePool", PoolRules::averageOfAll);
    rules.put("GlobalMaxPool", PoolRules::maxOfAll);
    rules.put("GlobalLpPool", PoolRules::normOfAll);
  }

  /** To where the largest element was found, the first of several. */
  private static void max(NodeGradient at) {
    if (!at.wants(0)) {
      return;
    }
    Tape t = at.tape();
    Node node = at.node();
    boolean rowMajor = node.intAttribute("storage_order", 0) == 0;
    String found =
        rowMajor && node.outputs().size() > 1 && !at.output(1).isEmpty()
            ? at.output(1)
            : t.nodes("MaxPool", List.of(at.input(0)), 2, withoutOrder(node)).get(1);
    String zeros = t.filled(t.reshape(t.node("Size", List.of(at.input(0))), 1), 0);
    String flat =
        t.node(
            "ScatterElements",
            List.of(zeros, t.reshape(found, -1), t.reshape(at.gradient(), -1)),
            Attribute.of("reduction", "add"));
    at.give(0, t.reshapeLike(flat, at.input(0)));
  }

  private static Attribute[] withoutOrder(Node node) {
    return node.attributes().values().stream()
        .filter(a -> !a.name().equals("storage_order"))
        .toArray(Attribute[]::new);
  }

  private static void average(NodeGradient at) {
    if (at.wants(0)) {
      SumPool pool = new SumPool(at);
      at.give(0, pool.back(at.tape().mul(at.gradient(), pool.share())));
    }
  }

  /** y = (Σ|x|ᵖ)^(1/p), so that dx = sign(x)·|x|^(p−1) · Σ g·y^(1−p) over the windows of x. */
  private static void norm(NodeGradient at) {
    if (at.wants(0)) {
      at.give(0, at.tape().mul(new SumPool(at).back(overNorm(at)), power(at)));
    }
  }

  private static void normOfAll(NodeGradient at) {
    at.give(0, at.tape().mul(overNorm(at), power(at)));
  }

  /** g·y^(1−p); 0 where y is. */
  private static String overNorm(NodeGradient at) {
    Tape t = at.tape();
    double p = order(at);
    if (p == 1) {
      return at.gradient();
    }
    String zero = t.node("Equal", List.of(at.output(), t.number(0)));
    String safe = t.where(zero, t.number(1), at.output());
    String below = p == 2 ? safe : t.node("Pow", List.of(safe, t.number(p - 1)));
    return t.div(at.gradient(), below);
  }

  /** sign(x)·|x|^(p−1). */
  private static String power(NodeGradient at) {
    Tape t = at.tape();
    double p = order(at);
    String x = at.input(0);
    if (p == 2) {
      return x;
    }
    String sign = t.unary("Sign", x);
    return p == 1 ? sign : t.mul(sign, t.node("Pow", List.of(t.unary("Abs", x), t.number(p - 1))));
  }

  private static double order(NodeGradient at) {
    return at.node().intAttribute("p", 2);
  }

  private static void averageOfAll(NodeGradient at) {
    Tape t = at.tape();
    String count = t.div(t.elements(at.input(0)), t.elements(at.output()));
    at.give(0, t.expandLike(t.div(at.gradient(), count), at.input(0)));
  }

  /** Ties share the gradient. */
  private static void maxOfAll(NodeGradient at) {
    Tape t = at.tape();
    String hits = t.number(t.node("Equal", List.of(at.input(0), at.output())));
    long[] spatial = LongStream.range(2, at.rank(at.input(0))).toArray();
    at.give(0, t.mul(t.div(at.gradient(), t.sumKept(hits, spatial)), hits));
  }
}
