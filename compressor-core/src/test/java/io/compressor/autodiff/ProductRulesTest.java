package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProductRulesTest {
  @Test
  void matMulOfAllRanks() {
    long[][][] shapes = {
      {{2, 3}, {3, 4}},
      {{5, 2, 3}, {3, 4}},
      {{2, 5, 2, 3}, {3, 4}},
      {{0, 2, 3}, {3, 4}},
      {{5, 2, 3}, {5, 3, 4}},
      {{2, 1, 2, 3}, {5, 3, 4}},
      {{2, 3}, {5, 3, 4}},
      {{3}, {3, 4}},
      {{2, 3}, {3}},
      {{5, 2, 3}, {3}},
      {{3}, {5, 3, 4}},
      {{3}, {3}},
    };
    Node node = Node.of("MatMul", List.of("a", "b"), List.of("y"));
    for (long[][] s : shapes) {
      GradientCheck.of(node).by("a", s[0]).by("b", s[1]).twice().run();
      GradientCheck.of(node).fixed().by("a", s[0]).by("b", s[1]).twice().run();
    }
  }

  @Test
  void gemmOfAllKinds() {
    for (int kind = 0; kind < 4; kind++) {
      boolean ta = (kind & 1) != 0;
      boolean tb = (kind & 2) != 0;
      Node node =
          Node.of(
              "Gemm",
              List.of("a", "b", "c"),
              List.of("y"),
              Attribute.of("transA", ta ? 1L : 0L),
              Attribute.of("transB", tb ? 1L : 0L),
              Attribute.of("alpha", 0.5f),
              Attribute.of("beta", 1.5f));
      long[] a = ta ? new long[] {3, 2} : new long[] {2, 3};
      long[] b = tb ? new long[] {4, 3} : new long[] {3, 4};
      GradientCheck.of(node).by("a", a).by("b", b).by("c", 4).twice().run();
      GradientCheck.of(node).by("a", a).by("b", b).by("c", 2, 1).twice().run();
    }
    Node plain = Node.of("Gemm", List.of("a", "b"), List.of("y"));
    GradientCheck.of(plain).by("a", 2, 3).by("b", 3, 4).twice().run();
  }
}
