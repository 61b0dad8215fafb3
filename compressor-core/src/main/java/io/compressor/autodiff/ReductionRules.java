package io.compressor.autodiff;

import io.compressor.ir.Node;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sums, means, norms, extremes over axes. */
final class ReductionRules {
  private ReductionRules() {}

  static void addTo(Map<String, GradientRule> rules) {
    rules.put("ReduceSum", at -> at.give(0, spread(at, at.gradient())));
    rules.put("ReduceMean", ReductionRules::mean);
    rules.put("ReduceSumSquare", at -> times(at, at.tape().mul(at.input(0), 2)));
    rules.put("ReduceL1", at -> times(at, at.tape().sign(at.input(0))));
    rules.put("ReduceL2", ReductionRules::l2);
    rules.put("ReduceLogSum", ReductionRules::logSum);
    rules.put("ReduceLogSumExp", ReductionRules::logSumExp);
    rules.put("ReduceProd", ReductionRules::product);
    rules.put("ReduceMax", ReductionRules::extreme);
    rules.put("ReduceMin", ReductionRules::extreme);
    rules.put("CumSum", ReductionRules::cumulative);
  }

  /** A value in the output's shape, with the reduced axes back, spread to the input's shape. */
  private static String spread(NodeGradient at, String value) {
    return at.tape().expandLike(kept(at, value), at.input(0));
  }

  /** The value with the reduced axes as axes of size 1. */
  private static String kept(NodeGradient at, String value) {
    Tape t = at.tape();
    Node node = at.node();
    boolean noop = node.intAttribute("noop_with_empty_axes", 0) != 0;
    if (node.intAttribute("keepdims", 1) != 0) {
      return value;
    }
    Optional<long[]> fixed = at.hasInput(1) ? at.longs(at.input(1)) : Optional.of(new long[0]);
    boolean none = fixed.isPresent() && fixed.get().length == 0;
    if (none && noop) {
      return value;
    }
    if (none) {
      String ones = t.node("Expand", List.of(t.longs(1), t.shape(t.shape(at.input(0)))));
      return t.reshapeTo(value, ones);
    }
    return t.node("Unsqueeze", List.of(value, at.input(1)));
  }

  private static void times(NodeGradient at, String factor) {
    at.give(0, at.tape().mul(kept(at, at.gradient()), factor));
  }

  private static void mean(NodeGradient at) {
    Tape t = at.tape();
    String count = t.div(t.elements(at.input(0)), t.elements(at.output()));
    at.give(0, spread(at, t.div(at.gradient(), count)));
  }

  /** x/y; 0 where the norm is 0. */
  private static void l2(NodeGradient at) {
    Tape t = at.tape();
    String zero = t.node("Equal", List.of(at.output(), t.number(0)));
    String safe = t.where(zero, t.number(1), at.output());
    at.give(0, t.mul(kept(at, t.div(at.gradient(), safe)), at.input(0)));
  }

  private static void logSum(NodeGradient at) {
    Tape t = at.tape();
    at.give(0, spread(at, t.div(at.gradient(), t.unary("Exp", at.output()))));
  }

  private static void logSumExp(NodeGradient at) {
    Tape t = at.tape();
    times(at, t.unary("Exp", t.sub(at.input(0), kept(at, at.output()))));
  }

  /** The product of the others is y/x, for values other than zero. */
  private static void product(NodeGradient at) {
    Tape t = at.tape();
    at.give(0, t.div(kept(at, t.mul(at.gradient(), at.output())), at.input(0)));
  }

  /** Ties share the gradient. */
  private static void extreme(NodeGradient at) {
    Tape t = at.tape();
    String hits = t.number(t.node("Equal", List.of(at.input(0), kept(at, at.output()))));
    List<String> inputs = at.hasInput(1) ? List.of(hits, at.input(1)) : List.of(hits);
    String count =
        t.node(
            "ReduceSum",
            inputs,
            at.node().attributes().values().stream()
                .filter(a -> !a.name().equals("axes"))
                .toArray(io.compressor.ir.Attribute[]::new));
    at.give(0, t.mul(kept(at, t.div(at.gradient(), count)), hits));
  }

  private static void cumulative(NodeGradient at) {
    Tape t = at.tape();
    long reverse = at.node().intAttribute("reverse", 0);
    long exclusive = at.node().intAttribute("exclusive", 0);
    at.give(
        0,
        t.node(
            "CumSum",
            List.of(at.gradient(), at.input(1)),
            io.compressor.ir.Attribute.of("reverse", 1 - reverse),
            io.compressor.ir.Attribute.of("exclusive", exclusive)));
  }
}
