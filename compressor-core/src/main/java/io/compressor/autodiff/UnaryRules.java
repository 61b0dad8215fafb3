package io.compressor.autodiff;

import io.compressor.ir.Node;
import java.util.Map;

/** Functions of one value, element by element. */
final class UnaryRules {
  private static final double SELU_ALPHA = 1.6732632423543772;
  private static final double SELU_GAMMA = 1.0507009873554805;

  private UnaryRules() {}

  /** The derivative at x, where the function's value is y, as an emitted value. */
  @FunctionalInterface
  private interface Derivative {
    String at(Tape tape, Node node, String x, String y);
  }

  static void addTo(Map<String, GradientRule> rules) {
    rules.put("Identity", at -> at.give(0, at.gradient()));
    rules.put("Dropout", at -> at.give(0, at.gradient()));
    rules.put("Neg", at -> at.give(0, at.tape().neg(at.gradient())));
    put(rules, "Abs", (t, n, x, y) -> t.sign(x));
    put(rules, "Exp", (t, n, x, y) -> y);
    put(rules, "Log", (t, n, x, y) -> t.unary("Reciprocal", x));
    put(rules, "Sqrt", (t, n, x, y) -> t.div(t.number(0.5), y));
    put(rules, "Reciprocal", (t, n, x, y) -> t.neg(t.mul(y, y)));
    put(rules, "Sin", (t, n, x, y) -> t.unary("Cos", x));
    put(rules, "Cos", (t, n, x, y) -> t.neg(t.unary("Sin", x)));
    put(rules, "Tan", (t, n, x, y) -> t.add(t.number(1), t.mul(y, y)));
    put(rules, "Sinh", (t, n, x, y) -> t.unary("Cosh", x));
    put(rules, "Cosh", (t, n, x, y) -> t.unary("Sinh", x));
    put(rules, "Atan", (t, n, x, y) -> t.unary("Reciprocal", t.add(t.number(1), t.mul(x, x))));
    put(rules, "Tanh", (t, n, x, y) -> oneLess(t, t.mul(y, y)));
    put(rules, "Sigmoid", (t, n, x, y) -> t.mul(y, oneLess(t, y)));
    put(rules, "Softplus", (t, n, x, y) -> t.unary("Sigmoid", x));
    put(rules, "Softsign", (t, n, x, y) -> softsign(t, x));
    put(rules, "Erf", (t, n, x, y) -> t.mul(bell(t, x, 1), 2 / Math.sqrt(Math.PI)));
    rules.put(
        "Relu",
        at -> at.give(0, at.tape().masked(positive(at.tape(), at.output()), at.gradient())));
    put(
        rules,
        "LeakyRelu",
        (t, n, x, y) -> t.where(positive(t, x), t.number(1), t.number(alpha(n, 0.01f))));
    put(
        rules,
        "ThresholdedRelu",
        (t, n, x, y) -> t.where(greater(t, x, alpha(n, 1)), t.number(1), t.number(0)));
    put(rules, "Elu", (t, n, x, y) -> exponential(t, x, y, alpha(n, 1), 1));
    put(rules, "Selu", UnaryRules::selu);
    put(rules, "Celu", (t, n, x, y) -> celu(t, x, alpha(n, 1)));
    put(
        rules,
        "HardSigmoid",
        (t, n, x, y) -> hardSigmoid(t, x, alpha(n, 0.2f), n.floatAttribute("beta", 0.5f)));
    put(rules, "HardSwish", (t, n, x, y) -> hardSwish(t, x));
    put(rules, "Mish", (t, n, x, y) -> mish(t, x));
    put(rules, "Swish", (t, n, x, y) -> swish(t, x, y, alpha(n, 1)));
    put(rules, "Gelu", (t, n, x, y) -> gelu(t, n, x));
    put(rules, "com.microsoft:Gelu", (t, n, x, y) -> gelu(t, n, x));
    put(rules, "com.microsoft:QuickGelu", (t, n, x, y) -> swish(t, x, y, alpha(n, 1.702f)));
  }

  private static void put(Map<String, GradientRule> rules, String op, Derivative derivative) {
    rules.put(
        op,
        at ->
            at.give(
                0,
                at.tape()
                    .mul(
                        at.gradient(),
                        derivative.at(at.tape(), at.node(), at.input(0), at.output()))));
  }

  private static double alpha(Node node, float fallback) {
    return node.floatAttribute("alpha", fallback);
  }

  private static String oneLess(Tape t, String a) {
    return t.sub(t.number(1), a);
  }

  private static String positive(Tape t, String x) {
    return greater(t, x, 0);
  }

  private static String greater(Tape t, String x, double bound) {
    return t.node("Greater", java.util.List.of(x, t.number(bound)));
  }

  private static String less(Tape t, String x, double bound) {
    return t.node("Less", java.util.List.of(x, t.number(bound)));
  }

  /** exp(−scale·x²). */
  private static String bell(Tape t, String x, double scale) {
    return t.unary("Exp", t.mul(t.mul(x, x), -scale));
  }

  private static String softsign(Tape t, String x) {
    String r = t.unary("Reciprocal", t.add(t.number(1), t.unary("Abs", x)));
    return t.mul(r, r);
  }

  /** γ for x > 0, y + αγ below, where y = αγ(eˣ − 1). */
  private static String exponential(Tape t, String x, String y, double alpha, double gamma) {
    return t.where(positive(t, x), t.number(gamma), t.add(y, t.number(alpha * gamma)));
  }

  private static String selu(Tape t, Node node, String x, String y) {
    return exponential(
        t,
        x,
        y,
        node.floatAttribute("alpha", (float) SELU_ALPHA),
        node.floatAttribute("gamma", (float) SELU_GAMMA));
  }

  private static String celu(Tape t, String x, double alpha) {
    String below =
        t.unary("Exp", t.mul(t.node("Min", java.util.List.of(x, t.number(0))), 1 / alpha));
    return t.where(positive(t, x), t.number(1), below);
  }

  private static String hardSigmoid(Tape t, String x, double alpha, double beta) {
    String inside =
        t.node(
            "And", java.util.List.of(greater(t, x, -beta / alpha), less(t, x, (1 - beta) / alpha)));
    return t.where(inside, t.number(alpha), t.number(0));
  }

  private static String hardSwish(Tape t, String x) {
    String middle = t.add(t.mul(x, 1.0 / 3), t.number(0.5));
    String upper = t.where(less(t, x, 3), middle, t.number(1));
    return t.where(greater(t, x, -3), upper, t.number(0));
  }

  private static String mish(Tape t, String x) {
    String th = t.unary("Tanh", t.unary("Softplus", x));
    String slope = t.mul(oneLess(t, t.mul(th, th)), t.unary("Sigmoid", x));
    return t.add(th, t.mul(x, slope));
  }

  /** y = x·σ(αx): σ + α·y·(1 − σ). */
  private static String swish(Tape t, String x, String y, double alpha) {
    String s = t.unary("Sigmoid", t.mul(x, alpha));
    return t.add(s, t.mul(t.mul(y, oneLess(t, s)), alpha));
  }

  private static String gelu(Tape t, Node node, String x) {
    return node.textAttribute("approximate", "none").equals("tanh") ? geluTanh(t, x) : gelu(t, x);
  }

  /** Φ(x) + x·φ(x). */
  private static String gelu(Tape t, String x) {
    String cdf = t.mul(t.add(t.unary("Erf", t.mul(x, Math.sqrt(0.5))), t.number(1)), 0.5);
    String pdf = t.mul(bell(t, x, 0.5), 1 / Math.sqrt(2 * Math.PI));
    return t.add(cdf, t.mul(x, pdf));
  }

  /** ½(1 + th) + ½x(1 − th²)·c(1 + 3·0.044715x²), th = tanh(c(x + 0.044715x³)), c = √(2/π). */
  private static String geluTanh(Tape t, String x) {
    double c = Math.sqrt(2 / Math.PI);
    String square = t.mul(x, x);
    String inner = t.mul(t.mul(x, t.add(t.mul(square, 0.044715), t.number(1))), c);
    String th = t.unary("Tanh", inner);
    String slope = t.mul(t.add(t.mul(square, 3 * 0.044715), t.number(1)), c);
    String second = t.mul(t.mul(x, oneLess(t, t.mul(th, th))), slope);
    return t.mul(t.add(t.add(th, t.number(1)), second), 0.5);
  }
}
