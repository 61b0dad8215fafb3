package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import java.util.List;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnaryRulesTest {
  private static Node node(String op, Attribute... attributes) {
    return Node.of(op, List.of("x"), List.of("y"), attributes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Identity",
        "Neg",
        "Abs",
        "Exp",
        "Sin",
        "Cos",
        "Tanh",
        "Sigmoid",
        "Softplus",
        "Softsign",
        "Relu",
        "LeakyRelu",
        "ThresholdedRelu",
        "Elu",
        "Selu",
        "HardSigmoid",
        "HardSwish",
        "Mish",
        "Dropout"
      })
  void anySign(String op) {
    GradientCheck check = GradientCheck.of(node(op)).by("x", 3, 5);
    check.twice().run();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Log", "Sqrt", "Reciprocal"})
  void positive(String op) {
    GradientCheck.of(node(op)).within("x", 0.2, 1.2, 2, 4).twice().run();
  }

  @Test
  void singlePrecisionOnly() {
    GradientCheck.function("Atan", Math::atan, -3, 3);
    GradientCheck.function("Tan", Math::tan, -1, 1);
    GradientCheck.function("Sinh", Math::sinh, -2, 2);
    GradientCheck.function("Cosh", Math::cosh, -2, 2);
    GradientCheck.function("Erf", Erf::erf, -3, 3);
    GradientCheck.function("Gelu", x -> x * (1 + Erf.erf(x / Math.sqrt(2))) / 2, -4, 4);
    double c = Math.sqrt(2 / Math.PI);
    GradientCheck.function(
        "Gelu",
        x -> x * (1 + Math.tanh(c * (x + 0.044715 * x * x * x))) / 2,
        -4,
        4,
        Attribute.of("approximate", "tanh"));
    GradientCheck.function(
        "Celu",
        x -> Math.max(0, x) + Math.min(0, 1.5 * Math.expm1(x / 1.5)),
        -3,
        3,
        Attribute.of("alpha", 1.5f));
  }

  @Test
  void alphasAreRead() {
    GradientCheck.of(node("Elu", Attribute.of("alpha", 0.7f))).by("x", 12).twice().run();
    GradientCheck.of(node("LeakyRelu", Attribute.of("alpha", 0.3f))).by("x", 12).twice().run();
  }

  @Test
  void nothingAtAll() {
    GradientCheck.of(node("Relu")).by("x", 0, 3).twice().run();
    GradientCheck.of(node("Tanh")).by("x").twice().run();
  }
}
