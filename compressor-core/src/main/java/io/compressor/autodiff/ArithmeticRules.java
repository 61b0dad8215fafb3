package io.compressor.autodiff;

import io.compressor.ir.ElementType;
import java.util.List;
import java.util.Map;

/** Functions of several values, element by element, with broadcasting. */
final class ArithmeticRules {
  private ArithmeticRules() {}

  static void addTo(Map<String, GradientRule> rules) {
    rules.put("Add", ArithmeticRules::sum);
    rules.put("Sum", ArithmeticRules::sum);
    rules.put("Mean", ArithmeticRules::mean);
    rules.put("Sub", ArithmeticRules::difference);
    rules.put("Mul", ArithmeticRules::product);
    rules.put("Div", ArithmeticRules::quotient);
    rules.put("Pow", ArithmeticRules::power);
    rules.put("Max", ArithmeticRules::extreme);
    rules.put("Min", ArithmeticRules::extreme);
    rules.put("Where", ArithmeticRules::where);
    rules.put("Clip", ArithmeticRules::clip);
    rules.put("PRelu", ArithmeticRules::prelu);
    rules.put("Cast", ArithmeticRules::cast);
    rules.put("CastLike", ArithmeticRules::cast);
  }

  private static void sum(NodeGradient at) {
    for (int i = 0; i < at.inputs(); i++) {
      at.giveBroadcast(i, at.gradient());
    }
  }

  private static void mean(NodeGradient at) {
    String part = at.tape().mul(at.gradient(), 1.0 / at.inputs());
    for (int i = 0; i < at.inputs(); i++) {
      at.giveBroadcast(i, part);
    }
  }

  private static void difference(NodeGradient at) {
    at.giveBroadcast(0, at.gradient());
    if (at.wants(1)) {
      at.giveBroadcast(1, at.tape().neg(at.gradient()));
    }
  }

  private static void product(NodeGradient at) {
    for (int i = 0; i < 2; i++) {
      if (at.wants(i)) {
        at.giveBroadcast(i, at.tape().mul(at.gradient(), at.input(1 - i)));
      }
    }
  }

  private static void quotient(NodeGradient at) {
    Tape t = at.tape();
    String part = t.div(at.gradient(), at.input(1));
    at.giveBroadcast(0, part);
    if (at.wants(1)) {
      at.giveBroadcast(1, t.neg(t.mul(part, at.output())));
    }
  }

  /** The exponent may be of another type than the base, an integer even. */
  private static void power(NodeGradient at) {
    Tape t = at.tape();
    String base = at.input(0);
    String exponent = at.input(1);
    if (at.wants(0)) {
      boolean same = at.elementType(base).equals(at.elementType(exponent));
      String e = same ? exponent : t.node("CastLike", List.of(exponent, base));
      String less = t.node("Pow", List.of(base, t.sub(e, t.number(1))));
      at.giveBroadcast(0, t.mul(at.gradient(), t.mul(e, less)));
    }
    if (at.wants(1)) {
      String positive = t.node("Greater", List.of(base, t.number(0)));
      String log = t.unary("Log", t.where(positive, base, t.number(1)));
      at.giveBroadcast(1, t.mul(at.gradient(), t.mul(at.output(), log)));
    }
  }

  /** Ties share the gradient, so that the sum over inputs stays right. */
  private static void extreme(NodeGradient at) {
    Tape t = at.tape();
    List<String> hits =
        java.util.stream.IntStream.range(0, at.inputs())
            .mapToObj(i -> t.number(t.node("Equal", List.of(at.input(i), at.output()))))
            .toList();
    if (hits.size() == 1) {
      at.give(0, at.gradient());
      return;
    }
    String share = t.div(at.gradient(), t.node("Sum", hits));
    for (int i = 0; i < at.inputs(); i++) {
      at.giveBroadcast(i, t.mul(share, hits.get(i)));
    }
  }

  private static void where(NodeGradient at) {
    Tape t = at.tape();
    String zero = t.number(0);
    at.giveBroadcast(1, t.where(at.input(0), at.gradient(), zero));
    at.giveBroadcast(2, t.where(at.input(0), zero, at.gradient()));
  }

  /** The gradient passes where the value was not changed; learnt bounds get what they stopped. */
  private static void clip(NodeGradient at) {
    Tape t = at.tape();
    String inside = t.node("Equal", List.of(at.input(0), at.output()));
    at.give(0, t.masked(inside, at.gradient()));
    for (int i = 1; i <= 2; i++) {
      if (at.wants(i)) {
        String beyond = t.node(i == 1 ? "Less" : "Greater", List.of(at.input(0), at.input(i)));
        at.giveBroadcast(i, t.masked(beyond, at.gradient()));
      }
    }
  }

  private static void prelu(NodeGradient at) {
    Tape t = at.tape();
    String above = t.node("Greater", List.of(at.input(0), t.number(0)));
    at.give(0, t.where(above, at.gradient(), t.mul(at.gradient(), at.input(1))));
    if (at.wants(1)) {
      String below = t.where(above, t.number(0), at.input(0));
      at.giveBroadcast(1, t.mul(at.gradient(), below));
    }
  }

  private static void cast(NodeGradient at) {
    if (at.elementType(at.input(0)).map(ElementType::isFloat).orElse(true)) {
      at.give(0, at.tape().node("CastLike", List.of(at.gradient(), at.input(0))));
    }
  }
}
