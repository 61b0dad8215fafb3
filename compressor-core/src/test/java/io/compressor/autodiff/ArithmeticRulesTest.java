package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArithmeticRulesTest {
  private static Node of(String op, String... inputs) {
    return Node.of(op, List.of(inputs), List.of("y"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Add", "Sub", "Mul", "Div", "Max", "Min", "Sum"})
  void broadcastAllWays(String op) {
    long[][][] shapes = {
      {{2, 3}, {2, 3}},
      {{2, 3}, {3}},
      {{3}, {2, 3}},
      {{2, 3}, {}},
      {{2, 1, 4}, {3, 1}},
      {{1, 3}, {2, 1}},
      {{0, 3}, {3}},
    };
    for (long[][] s : shapes) {
      GradientCheck.of(of(op, "a", "b"))
          .within("a", 0.5, 2, s[0])
          .within("b", -2, -0.5, s[1])
          .twice()
          .run();
      GradientCheck.of(of(op, "a", "b"))
          .fixed()
          .within("a", -2, -0.5, s[0])
          .within("b", 0.5, 2, s[1])
          .twice()
          .run();
    }
  }

  @Test
  void oneValueTwice() {
    GradientCheck.of(of("Mul", "a", "a")).by("a", 2, 3).twice().run();
    GradientCheck.of(of("Sum", "a", "b", "a")).by("a", 2, 3).by("b", 3).twice().run();
  }

  @Test
  void meanOfTwo() {
    GradientCheck.of(of("Mean", "a", "b")).exact().by("a", 2, 3).by("b", 3).twice().run();
  }

  @Test
  void powers() {
    GradientCheck.of(of("Pow", "a", "e")).within("a", 0.5, 2, 2, 3).by("e", 3).twice().run();
    GradientCheck.of(of("Pow", "a", "e"))
        .by("a", 2, 3)
        .constant(Tensor.ofLongs("e", new long[0], 2))
        .twice()
        .run();
  }

  @Test
  void choices() {
    Tensor mask = Tensor.ofBytes("c", ElementType.BOOL, new long[] {3}, new byte[] {1, 0, 1});
    GradientCheck.of(of("Where", "c", "a", "b"))
        .feed(mask)
        .by("a", 2, 3)
        .by("b", 2, 1)
        .twice()
        .run();
    GradientCheck.of(of("Clip", "x", "lo", "hi"))
        .by("x", 4, 5)
        .by("lo", new double[] {-0.5})
        .by("hi", new double[] {0.7})
        .twice()
        .run();
    GradientCheck.of(of("Clip", "x")).by("x", 4).twice().run();
    GradientCheck.of(of("PRelu", "x", "s")).by("x", 2, 3, 4).by("s", 3, 1).twice().run();
  }

  @Test
  void precisionChangesAndComesBack() {
    Node there =
        Node.of(
            "Cast",
            List.of("a"),
            List.of("f"),
            Attribute.of("to", (long) ElementType.FLOAT.onnxId()));
    Node back =
        Node.of(
            "Cast",
            List.of("f"),
            List.of("y"),
            Attribute.of("to", (long) ElementType.DOUBLE.onnxId()));
    GradientCheck.of(there, back).by("a", new double[] {0, 0}, 2);
    GradientCheck.of(there).exact().by("a", 3).twice().run();
  }
}
