package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SoftmaxRulesTest {
  @ParameterizedTest
  @ValueSource(strings = {"Softmax", "LogSoftmax"})
  void overAnyAxis(String op) {
    for (long axis = -1; axis < 3; axis++) {
      Node node = Node.of(op, List.of("x"), List.of("y"), Attribute.of("axis", axis));
      GradientCheck.of(node).by("x", 2, 3, 4).twice().run();
    }
    GradientCheck.of(Node.of(op, List.of("x"), List.of("y"))).by("x", 0, 4).twice().run();
  }
}
