package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PadRulesTest {
  @Test
  void constants() {
    Node node = Node.of("Pad", List.of("x", "p", "c"), List.of("y"));
    GradientCheck.of(node).by("x", 2, 3).longs("p", 1, 0, 2, 3).by("c").run();
    GradientCheck.of(node).by("x", 4, 3).longs("p", -1, 2, -2, 0).by("c").run();
    GradientCheck.of(node).by("x", 0, 3).longs("p", 1, 0, 2, 3).by("c").run();
    Node some = Node.of("Pad", List.of("x", "p", "", "axes"), List.of("y"));
    GradientCheck.of(some).by("x", 2, 3, 4).longs("p", 2, 1, 0, -1).longs("axes", -1, 0).run();
    Node plain = Node.of("Pad", List.of("x", "p"), List.of("y"));
    GradientCheck.of(plain).fixed().by("x", 2, 3).longs("p", 1, 0, 2, 3).run();
  }

  @ParameterizedTest
  @ValueSource(strings = {"reflect", "edge", "wrap"})
  void copies(String mode) {
    Attribute by = Attribute.of("mode", mode);
    Node node = Node.of("Pad", List.of("x", "p"), List.of("y"), by);
    GradientCheck.of(node).opset(19).by("x", 3, 4).longs("p", 1, 2, 2, 1).run();
    Node some = Node.of("Pad", List.of("x", "p", "", "axes"), List.of("y"), by);
    GradientCheck.of(some).opset(19).by("x", 2, 3, 4).longs("p", 2, 1).longs("axes", -1).run();
  }
}
