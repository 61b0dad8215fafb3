package io.compressor.graph.rewrite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.compressor.graph.Graphs;
import io.compressor.ir.Attribute;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpellNormsTest {
  @Test
  void theSquareOfANormBecomesAPowerAndNothingElseChanges() {
    Model before = norm("mean").node("Mul", "y", List.of("unit", "gain")).output("y", 3, 8).model();
    RewriteResult result = new SpellNorms().apply(before);
    assertEquals(1, result.applied().size());
    assertEquals(1, count(result.model(), "Pow"));
    assertEquals(1, count(result.model(), "Mul"));
    assertArrayEquals(run(before), run(result.model()), 1e-6f);
  }

  @Test
  void aSquareOutsideANormStays() {
    Model before =
        norm("square").node("Mul", "y", List.of("unit", "gain")).output("y", 3, 8).model();
    assertSame(before, new SpellNorms().apply(before).model());
  }

  /** With the mean of squares under the root a norm; with the squares themselves, none. */
  private static Graphs norm(String under) {
    return Graphs.graph()
        .input("x", 3, 8)
        .weight("gain", 8)
        .floats("epsilon", 1e-6f)
        .node("Mul", "square", List.of("x", "x"))
        .node("ReduceMean", "mean", List.of("square"), Attribute.of("axes", new long[] {-1}))
        .node("Add", "sum", List.of(under, "epsilon"))
        .node("Sqrt", "root", List.of("sum"))
        .node("Div", "unit", List.of("x", "root"));
  }

  private static long count(Model model, String type) {
    return model.graph().nodes().stream().filter(n -> n.is(type)).count();
  }

  private static float[] run(Model model) {
    Tensor x = Graphs.random("x", 2, 3, 8);
    try (RuntimeSession session = RuntimeSession.open(model, SessionSettings.withThreads(1))) {
      return session.run(Map.of("x", x)).get("y").toFloats();
    }
  }
}
