package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sums of products over labelled axes: each gradient is one of them too. */
final class EinsumRules {
  private EinsumRules() {}

  static void addTo(Map<String, GradientRule> rules) {
    rules.put("Einsum", EinsumRules::einsum);
  }

  private static void einsum(NodeGradient at) {
    EinsumEquation equation = EinsumEquation.of(at);
    for (int i = 0; i < at.inputs(); i++) {
      if (at.wants(i)) {
        at.give(i, gradient(at, equation, i));
      }
    }
  }

  /**
   * The operand's place is taken by the gradient of the output. Labels that only the operand has
   * were summed: their gradient is the same all along. Labels of size 1 that met a larger size are
   * summed.
   */
  private static String gradient(NodeGradient at, EinsumEquation equation, int i) {
    Tape t = at.tape();
    List<String> terms = new ArrayList<>(List.of(equation.output()));
    List<String> values = new ArrayList<>(List.of(at.gradient()));
    for (int k = 0; k < at.inputs(); k++) {
      if (k != i) {
        terms.add(equation.operand(k));
        values.add(at.input(k));
      }
    }
    String own = equation.operand(i);
    String seen = String.join("", terms);
    StringBuilder kept = new StringBuilder();
    List<Long> missing = new ArrayList<>();
    boolean summedOnly = false;
    boolean sure = true;
    for (int axis = 0; axis < own.length(); axis++) {
      char label = own.charAt(axis);
      boolean elsewhere = seen.indexOf(label) >= 0;
      boolean single = isSingle(at, i, axis);
      if (elsewhere && !single) {
        kept.append(label);
        sure &= isSame(at, equation, label);
      } else {
        missing.add((long) axis);
        summedOnly |= !elsewhere;
      }
    }
    String product =
        t.node("Einsum", values, Attribute.of("equation", String.join(",", terms) + "->" + kept));
    if (!missing.isEmpty()) {
      product = t.unsqueeze(product, missing.stream().mapToLong(a -> a).toArray());
    }
    if (summedOnly) {
      product = t.expandLike(product, at.input(i));
    }
    return sure ? product : Unbroadcast.atRunTime(t, product, at.input(i));
  }

  private static boolean isSingle(NodeGradient at, int operand, int axis) {
    return dim(at, at.input(operand), axis).filter(new Dim.Fixed(1)::equals).isPresent();
  }

  /** Whether all operands are known to have one size for a label. */
  private static boolean isSame(NodeGradient at, EinsumEquation equation, char label) {
    Optional<Dim> first = Optional.empty();
    for (int k = 0; k < at.inputs(); k++) {
      int axis = equation.operand(k).indexOf(label);
      if (axis >= 0) {
        Optional<Dim> now = dim(at, at.input(k), axis);
        if (now.isEmpty() || now.get() instanceof Dim.Unknown) {
          return false;
        }
        if (first.isPresent() && !first.equals(now)) {
          return false;
        }
        first = now;
      }
    }
    return true;
  }

  private static Optional<Dim> dim(NodeGradient at, String value, int axis) {
    return at.dims(value).filter(d -> axis < d.size()).map(d -> d.get(axis));
  }
}
