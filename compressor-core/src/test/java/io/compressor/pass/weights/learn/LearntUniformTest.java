package io.compressor.pass.weights.learn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.compressor.engine.Engine;
import io.compressor.graph.Graphs;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.solver.GridFitter;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.RoundToNearest;
import io.compressor.solver.UniformGrid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LearntUniformTest {
  private static final Site SITE =
      SiteFinder.scan(
              Graphs.graph()
                  .input("x", -1, 40)
                  .constant(Graphs.random("w", 1, 40, 24))
                  .node("MatMul", "y", java.util.List.of("x", "w"))
                  .output("y", -1, 24)
                  .model())
          .sites()
          .get(0);

  private static QuantizedWeight solved(boolean symmetric) {
    float[] w = SITE.weightMatrix();
    QuantSpec spec = new QuantSpec(3, 8, symmetric, true);
    return RoundToNearest.quantize(
        w, GridFitter.PUBLISHED.fit(w, 24, 40, spec, Engine.direct()), Engine.direct());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void factorsScaleTheWeightsAndNothingElse(boolean symmetric) {
    QuantizedWeight start = solved(symmetric);
    StudentSite student = StudentSite.of(SITE, start, java.util.Optional.empty());
    float[] twice = new float[student.start().length];
    java.util.Arrays.fill(twice, 2);
    UniformGrid moved = LearntUniform.scaled((UniformGrid) start.grid(), twice);
    float[] before = start.dequantize();
    for (int i = 0; i < before.length; i++) {
      before[i] *= 2;
    }
    assertArrayEquals(before, new QuantizedWeight(moved, start.codes()).dequantize(), 1e-6f);
  }

  @Test
  void levelsAreCodesLessZeroPoints() {
    QuantizedWeight start = solved(false);
    StudentSite student = StudentSite.of(SITE, start, java.util.Optional.empty());
    LearntUniform.Codes codes =
        LearntUniform.codes(
            (UniformGrid) start.grid(),
            start.codes(),
            student,
            new float[960],
            CodeChoice.centred());
    float[] values = new float[960];
    codes.update(values, new float[960], 0, 960, 1, 1);
    assertArrayEquals(student.levelsTensor().toFloats(), values);
    float[] up = new float[960];
    java.util.Arrays.fill(up, -1);
    codes.update(values, up, 0, 960, 0.6, 2);
    for (int i = 0; i < 960; i++) {
      int most = 7 - (codes.zeros()[i] & 0xff);
      float begun = student.levelsTensor().toFloats()[i];
      assertEquals(Math.min(most, begun + 1), values[i]);
    }
  }
}
