package io.compressor.autodiff;

import java.util.Map;

/** Softmax and its logarithm. */
final class SoftmaxRules {
  private SoftmaxRules() {}

  static void addTo(Map<String, GradientRule> rules) {
    rules.put("Softmax", SoftmaxRules::softmax);
    rules.put("LogSoftmax", SoftmaxRules::logSoftmax);
  }

  private static long axis(NodeGradient at) {
    return at.node().intAttribute("axis", -1);
  }

  /** y·(g − Σ g·y). */
  private static void softmax(NodeGradient at) {
    Tape t = at.tape();
    String weighted = t.mul(at.gradient(), at.output());
    at.give(0, t.sub(weighted, t.mul(at.output(), t.sumKept(weighted, axis(at)))));
  }

  /** g − eʸ·Σ g. */
  private static void logSoftmax(NodeGradient at) {
    Tape t = at.tape();
    String total = t.sumKept(at.gradient(), axis(at));
    at.give(0, t.sub(at.gradient(), t.mul(t.unary("Exp", at.output()), total)));
  }
}
