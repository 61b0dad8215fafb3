package io.compressor.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Engine;
import io.compressor.engine.LocalEngine;
import io.compressor.solver.GptqOptions.ColumnOrder;
import io.compressor.solver.Samples.Inputs;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Codebooks of vectors: learning, rounding and error feedback. */
class VectorSolverTest {
  private static final int ROWS = 96;
  private static final int COLS = 70;
  private static final GptqOptions ACT_ORDER =
      GptqOptions.PUBLISHED.withOrder(ColumnOrder.DESCENDING_DIAGONAL);

  private final float[] w = Samples.gaussian(ROWS * COLS, 3);

  private static VectorGrid fit(float[] w, int length, int size, Engine engine) {
    return VectorLearner.fit(
        w,
        w.length / COLS,
        COLS,
        length,
        size,
        127,
        Optional.empty(),
        new SplittableRandom(7),
        engine);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void roundingTakesTheNearestCodeword(int length) {
    VectorGrid grid = fit(w, length, 16, Engine.direct());
    byte[] chosen = grid.chosen(RoundToNearest.quantize(w, grid).codes());
    for (int i = 0; i < chosen.length; i++) {
      double own = distance(grid, i, chosen[i] & 0xff);
      for (int k = 0; k < 16; k++) {
        assertTrue(own <= distance(grid, i, k) * (1 + 1e-4) + 1e-6);
      }
    }
  }

  private double distance(VectorGrid grid, int vector, int code) {
    int row = vector / grid.vectors();
    int from = vector % grid.vectors() * grid.table().length();
    double sum = 0;
    for (int c = from; c < Math.min(COLS, from + grid.table().length()); c++) {
      double d = w[row * COLS + c] - grid.decode(row, c, code);
      sum += d * d;
    }
    return sum;
  }

  /** Gaussian vectors at equal bits: 256 codewords of 4 beat four levels each (Lloyd-Max .1175). */
  @Test
  void vectorsBeatScalarsAtEqualBits() {
    float[] many = Samples.gaussian(512 * COLS, 5);
    VectorGrid grid = fit(many, 4, 256, Engine.direct());
    float[] back = RoundToNearest.quantize(many, grid).dequantize();
    double error = 0;
    double all = 0;
    for (int i = 0; i < many.length; i++) {
      error += Math.pow(many[i] - back[i], 2);
      all += many[i] * many[i];
    }
    assertTrue(error / all < 0.105, "" + error / all);
  }

  @Test
  void fewDistinctVectorsAreKept() {
    float[] few = w.clone();
    for (int i = 0; i < few.length; i++) {
      few[i] = i / COLS * 0.1f * (i % COLS % 4 == 1 ? -1 : 1); // one vector but for its size
    }
    VectorGrid grid = fit(few, 4, 8, Engine.direct());
    assertArrayEquals(few, RoundToNearest.quantize(few, grid).dequantize(), 1e-4f);
  }

  @Test
  void anyNumberOfThreadsGivesTheSameGrid() {
    VectorGrid one = fit(w, 4, 64, Engine.direct());
    try (Engine two = new LocalEngine(2)) {
      VectorGrid other = fit(w, 4, 64, two);
      assertEquals(one.table(), other.table());
      assertArrayEquals(one.rowScales(), other.rowScales());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8})
  void feedbackBeatsRoundingAndItsErrorIsAsPredicted(int length) {
    Hessian h = Samples.hessian(Inputs.CORRELATED, 400, COLS, 9);
    VectorGrid grid = fit(w, length, 64, Engine.direct());
    GptqFactor factor = GptqFactor.of(h, ACT_ORDER, length, Engine.direct());
    GptqResult result = GptqSolver.solve(w, factor, grid, ACT_ORDER, Engine.direct());
    OutputError error = OutputError.of(h, Engine.direct());
    double rounded = error.absolute(w, RoundToNearest.quantize(w, grid).dequantize());
    double solved = error.absolute(w, result.weight().dequantize());
    assertTrue(solved < 0.9 * rounded, solved + " of " + rounded);
    assertEquals(solved, result.predictedError().orElseThrow(), 1e-3 * solved);
  }

  /** One weight a codeword is what the scalar solver does. */
  @Test
  void vectorsOfOneAreScalars() {
    Hessian h = Samples.hessian(Inputs.CORRELATED, 400, COLS, 9);
    float[] scales = new float[ROWS];
    java.util.Arrays.fill(scales, 0.02f);
    byte[] levels = {-100, -31, 30, 101};
    VectorGrid vectors = new VectorGrid(ROWS, COLS, new VectorCodebook(1, levels), scales);
    byte[] ones = new byte[ROWS];
    java.util.Arrays.fill(ones, (byte) 1);
    FoldedGrid scalars = new FoldedGrid(ROWS, COLS, COLS, new Codebook(levels), 0, scales, ones);
    assertArrayEquals(
        GptqSolver.solve(w, h, scalars, ACT_ORDER, Engine.direct()).weight().codes(),
        GptqSolver.solve(w, h, vectors, ACT_ORDER, Engine.direct()).weight().codes());
  }

  @Test
  void anOrderThatTearsVectorsApartIsRefused() {
    Hessian h = Samples.hessian(Inputs.CORRELATED, 400, COLS, 9);
    VectorGrid grid = fit(w, 4, 16, Engine.direct());
    GptqFactor torn = GptqFactor.of(h, ACT_ORDER, Engine.direct());
    assertThrows(
        IllegalArgumentException.class,
        () -> GptqSolver.solve(w, torn, grid, ACT_ORDER, Engine.direct()));
  }

  @Test
  void rowsOfZerosStayZero() {
    float[] zeros = w.clone();
    java.util.Arrays.fill(zeros, COLS, 2 * COLS, 0);
    VectorGrid grid = fit(zeros, 4, 64, Engine.direct());
    float[] back = RoundToNearest.quantize(zeros, grid).dequantize();
    for (int c = COLS; c < 2 * COLS; c++) {
      assertEquals(0, back[c], 1e-30f);
    }
  }
}
