package io.compressor.workspace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.compressor.engine.Engine;
import io.compressor.graph.Graphs;
import io.compressor.solver.ClipSearch;
import io.compressor.solver.Codebook;
import io.compressor.solver.FoldedGridFitter;
import io.compressor.solver.Grid;
import io.compressor.solver.GridFitter;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.RoundToNearest;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Finished sites to keep and to compare. */
final class Solved {
  private static final int ROWS = 6;
  private static final int COLS = 40;

  private Solved() {}

  static SolvedWeight uniform(int bits, String seed) {
    float[] w = weights(seed);
    Grid grid =
        GridFitter.PUBLISHED.fit(
            w, ROWS, COLS, new QuantSpec(bits, 16, false, false), Engine.direct());
    return new SolvedWeight(
        RoundToNearest.quantize(w, grid),
        "gptq",
        Optional.of(new double[] {0.1, -0.0, Double.MIN_VALUE, 1e300, 3, -4}),
        OptionalDouble.of(0.125),
        OptionalDouble.empty(),
        List.of("few rows", "größer als zulässig"));
  }

  static SolvedWeight folded(int group, String seed) {
    float[] w = weights(seed);
    FoldedGridFitter fitter =
        new FoldedGridFitter(
            new ClipSearch(25, 0.4, 2.0, ClipSearch.ExtraLevel.BEST), Optional.empty(), 127);
    Grid grid =
        fitter.fit(
            w,
            ROWS,
            COLS,
            new QuantSpec(4, group, true, true),
            Codebook.normalFloat(4),
            Engine.direct());
    return new SolvedWeight(
        RoundToNearest.quantize(w, grid),
        "rtn",
        Optional.empty(),
        OptionalDouble.empty(),
        OptionalDouble.of(1e-9),
        List.of());
  }

  /** To the last bit. */
  static void assertSame(SolvedWeight expected, SolvedWeight actual) {
    QuantizedWeight a = expected.weight();
    QuantizedWeight b = actual.weight();
    assertEquals(a.grid().getClass(), b.grid().getClass());
    assertArrayEquals(a.codes(), b.codes());
    assertArrayEquals(a.dequantize(), b.dequantize());
    for (int row = 0; row < a.rows(); row++) {
      for (int col = 0; col < a.cols(); col++) {
        for (int code = 0; code < 1 << a.grid().bits(); code++) {
          assertEquals(a.grid().decode(row, col, code), b.grid().decode(row, col, code));
        }
        assertEquals(a.grid().encode(row, col, 0.3), b.grid().encode(row, col, 0.3));
      }
    }
    assertEquals(expected.method(), actual.method());
    assertEquals(expected.warnings(), actual.warnings());
    assertEquals(expected.errorPredicted(), actual.errorPredicted());
    assertEquals(expected.errorMeasured(), actual.errorMeasured());
    assertEquals(expected.biasShift().isPresent(), actual.biasShift().isPresent());
    expected
        .biasShift()
        .ifPresent(shift -> assertArrayEquals(shift, actual.biasShift().orElseThrow()));
  }

  private static float[] weights(String seed) {
    return Graphs.random(seed, 1, ROWS, COLS).toFloats();
  }
}
