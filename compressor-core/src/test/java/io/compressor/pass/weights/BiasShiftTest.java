package io.compressor.pass.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Graphs;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BiasShiftTest {
  private static final double[] DELTA = {1, 2};

  @Test
  void aBiasInASeparateAddIsShifted() {
    Model model = product().node("Add", "y", List.of("m", "b")).output("y", 2, 2).model();
    Tensor shifted = shift(model).orElseThrow();
    assertEquals("b", shifted.name());
    assertArrayEquals(new float[] {11, 22}, shifted.toFloats());
  }

  @Test
  void aGemmsOwnBiasIsShifted() {
    Model model =
        Graphs.graph()
            .input("x", 2, 3)
            .weight("w", 3, 2)
            .floats("b", 10, 20)
            .node("Gemm", "y", List.of("x", "w", "b"))
            .output("y", 2, 2)
            .model();
    assertArrayEquals(new float[] {11, 22}, shift(model).orElseThrow().toFloats());
  }

  @Test
  void aBiasThatSomethingElseReadsIsLeftAlone() {
    Model model =
        product()
            .node("Add", "y", List.of("m", "b"))
            .node("Add", "z", List.of("x2", "b"))
            .input("x2", 2, 2)
            .output("y", 2, 2)
            .output("z", 2, 2)
            .model();
    assertEquals(Optional.empty(), shift(model));
  }

  @Test
  void withoutABiasThereIsNothingToShift() {
    assertEquals(Optional.empty(), shift(product().output("m", 2, 2).model()));
  }

  @Test
  void onlyTheContentOfTheBiasChanges() {
    Model model = product().node("Add", "y", List.of("m", "b")).output("y", 2, 2).model();
    Model after = BiasShift.apply(model, Map.of("b", shift(model).orElseThrow()));
    assertEquals(model.graph().nodes(), after.graph().nodes());
    assertEquals(
        List.copyOf(model.graph().initializers().keySet()),
        List.copyOf(after.graph().initializers().keySet()));
  }

  private static Optional<Tensor> shift(Model model) {
    Site site = SiteFinder.scan(model).sites().get(0);
    return BiasShift.shifted(new GraphIndex(model), site, DELTA);
  }

  private static Graphs product() {
    return Graphs.graph()
        .input("x", 2, 3)
        .weight("w", 3, 2)
        .floats("b", 10, 20)
        .node("MatMul", "m", List.of("x", "w"));
  }
}
