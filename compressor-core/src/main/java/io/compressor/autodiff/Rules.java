package io.compressor.autodiff;

import io.compressor.ir.Node;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Every operator that has a gradient. */
final class Rules {
  /** Piecewise constant: the true derivative is zero wherever it exists. */
  private static final Set<String> STEPS =
      Set.of("Sign", "Round", "Floor", "Ceil", "QuantizeLinear", "DynamicQuantizeLinear");

  private static final Map<String, GradientRule> RULES = new HashMap<>();

  static {
    UnaryRules.addTo(RULES);
    ArithmeticRules.addTo(RULES);
    ConvRules.addTo(RULES);
    PoolRules.addTo(RULES);
    NormRules.addTo(RULES);
    PadRules.addTo(RULES);
    ResizeRules.addTo(RULES);
    ProductRules.addTo(RULES);
    ReductionRules.addTo(RULES);
    ShapeRules.addTo(RULES);
    SoftmaxRules.addTo(RULES);
    IndexRules.addTo(RULES);
    EinsumRules.addTo(RULES);
    LabelLossRules.addTo(RULES);
  }

  private Rules() {}

  static Optional<GradientRule> find(Node node) {
    return Optional.ofNullable(RULES.get(key(node)));
  }

  static boolean isStep(Node node) {
    return STEPS.contains(node.opType());
  }

  /** Operators with a rule, sorted; those of other domains behind the domain's name. */
  static Set<String> operators() {
    return new java.util.TreeSet<>(RULES.keySet());
  }

  private static String key(Node node) {
    boolean standard = node.domain().isEmpty() || node.domain().equals("ai.onnx");
    return standard ? node.opType() : node.domain() + ":" + node.opType();
  }
}
