package io.compressor.autodiff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.compressor.error.CompressorException;
import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

class EinsumRulesTest {
  private static Node of(String equation, String... inputs) {
    return Node.of("Einsum", List.of(inputs), List.of("y"), Attribute.of("equation", equation));
  }

  @Test
  void products() {
    GradientCheck.of(of("ab,bc->ac", "x", "z")).by("x", 2, 3).by("z", 3, 4).twice().run();
    GradientCheck.of(of("bhid,bhjd->bhij", "x", "z"))
        .by("x", 2, 2, 3, 4)
        .by("z", 2, 2, 5, 4)
        .twice()
        .run();
    GradientCheck.of(of("i , j", "x", "z")).by("x", 2).by("z", 3).twice().run();
    GradientCheck.of(of("ba,cb", "x", "z")).by("x", 2, 3).by("z", 4, 2).twice().run();
    GradientCheck.of(of("ab,bc,cd->da", "x", "z", "w"))
        .by("x", 2, 3)
        .by("z", 3, 4)
        .by("w", 4, 2)
        .twice()
        .run();
  }

  @Test
  void sumsAndOrders() {
    GradientCheck.of(of("ab->ba", "x")).by("x", 2, 3).twice().run();
    GradientCheck.of(of("abc->b", "x")).by("x", 2, 3, 4).twice().run();
    GradientCheck.of(of("ab->", "x")).by("x", 2, 3).twice().run();
    GradientCheck.of(of("ab,c->c", "x", "z")).by("x", 2, 3).by("z", 4).twice().run();
  }

  @Test
  void ellipses() {
    GradientCheck.of(of("...ij,jk->...ik", "x", "z"))
        .by("x", 2, 2, 2, 3)
        .by("z", 3, 4)
        .twice()
        .run();
    GradientCheck.of(of("...i,i", "x", "z")).by("x", 2, 3, 4).by("z", 4).twice().run();
    GradientCheck.of(of("i...->...", "x")).by("x", 2, 3, 4).twice().run();
  }

  @Test
  void sizesOfOneAreSummed() {
    GradientCheck.of(of("ab,ab->ab", "x", "z")).by("x", 1, 3).by("z", 2, 3).run();
    GradientCheck.of(of("ab,ab->ab", "x", "z")).fixed().by("x", 2, 3).by("z", 1, 3).twice().run();
  }

  @Test
  void diagonalsAreRefused() {
    GradientCheck check = GradientCheck.of(of("ii->i", "x")).by("x", 3, 3);
    String message = assertThrows(CompressorException.class, check::run).getMessage();
    assertEquals("no gradient for Einsum: operand 0 of 'ii->i' repeats a label", message);
  }
}
