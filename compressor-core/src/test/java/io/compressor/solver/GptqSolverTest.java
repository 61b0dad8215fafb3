package io.compressor.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Engine;
import io.compressor.engine.LocalEngine;
import io.compressor.solver.GptqOptions.ColumnOrder;
import io.compressor.solver.GptqOptions.DeadColumns;
import io.compressor.solver.GptqResult.Status;
import io.compressor.solver.Samples.Inputs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GptqSolverTest {
  private static final GptqOptions OPTIONS = GptqOptions.PUBLISHED;
  private static final GptqOptions ACT_ORDER = OPTIONS.withOrder(ColumnOrder.DESCENDING_DIAGONAL);
  private static final int ROWS = 24;
  private static final int COLS = 72;

  private static GptqResult solve(float[] w, Hessian h, Grid grid, GptqOptions options) {
    return GptqSolver.solve(w, h, grid, options, Engine.direct());
  }

  private static UniformGrid grid(float[] w, int bits, int group, boolean symmetric, boolean clip) {
    QuantSpec spec = new QuantSpec(bits, group, symmetric, clip);
    return GridFitter.PUBLISHED.fit(w, w.length / COLS, COLS, spec);
  }

  @ParameterizedTest
  @EnumSource(Inputs.class)
  void integersEqualTheTextbookAlgorithm(Inputs inputs) {
    for (int bits = 2; bits <= 4; bits++) {
      for (int group : new int[] {0, 16, 20}) {
        float[] w = Samples.gaussian(ROWS * COLS, bits * 31L + group);
        Hessian h = Samples.hessian(inputs, 200, COLS, bits);
        Grid grid = grid(w, bits, group, bits % 2 == 0, group == 0);
        assertArrayEquals(
            TextbookGptq.codes(w, h, grid, 0.01, false),
            solve(w, h, grid, OPTIONS).weight().codes());
        assertArrayEquals(
            TextbookGptq.codes(w, h, grid, 0.01, true),
            solve(w, h, grid, ACT_ORDER).weight().codes());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 16, 128})
  void gridsFittedOnTheWayEqualTheTextbookAlgorithmForAnyBlock(int block) {
    int group = 16;
    for (boolean symmetric : new boolean[] {true, false}) {
      QuantSpec spec = new QuantSpec(3, group, symmetric, true);
      float[] w = Samples.gaussian(ROWS * COLS, 5);
      Hessian h = Samples.hessian(Inputs.CORRELATED, 200, COLS, 6);
      GptqFactor factor = GptqFactor.of(h, OPTIONS, Engine.direct());
      GptqResult result =
          GptqSolver.solveLive(
              w,
              ROWS,
              factor,
              spec,
              GridFitter.PUBLISHED,
              OPTIONS.withBlockSize(block),
              Engine.direct());
      UniformGrid oracle = GridFitter.PUBLISHED.fit(w, ROWS, COLS, spec);
      byte[] codes =
          TextbookGptq.codes(
              w, h, oracle, new GroupFit(spec, ClipSearch.PUBLISHED), group, 0.01, false);
      assertArrayEquals(codes, result.weight().codes());
      UniformGrid live = (UniformGrid) result.weight().grid();
      assertArrayEquals(oracle.zeros(), live.zeros());
      // Scales come from doubles that differ in the last bits by the order of the sums.
      assertArrayEquals(oracle.scales(), live.scales(), 1e-6f);
    }
  }

  @Test
  void gridsFittedOnTheWayNeedNaturalOrder() {
    float[] w = Samples.gaussian(ROWS * COLS, 5);
    Hessian h = Samples.hessian(Inputs.WHITE, 200, COLS, 6);
    GptqFactor factor = GptqFactor.of(h, ACT_ORDER, Engine.direct());
    assertThrows(
        IllegalArgumentException.class,
        () ->
            GptqSolver.solveLive(
                w,
                ROWS,
                factor,
                new QuantSpec(4, 16, true, false),
                GridFitter.PUBLISHED,
                ACT_ORDER,
                Engine.direct()));
  }

  @Test
  void diagonalHessianGivesRoundToNearest() {
    float[] w = Samples.gaussian(ROWS * COLS, 1);
    double[] values = new double[COLS * COLS];
    for (int j = 0; j < COLS; j++) {
      values[j * COLS + j] = 1 + j % 5;
    }
    Hessian h = new Hessian(COLS, values, 1000);
    Grid grid = grid(w, 3, 16, true, true);
    byte[] rtn = RoundToNearest.quantize(w, grid).codes();
    assertArrayEquals(rtn, solve(w, h, grid, OPTIONS).weight().codes());
    assertArrayEquals(rtn, solve(w, h, grid, ACT_ORDER).weight().codes());
  }

  @Test
  void scaleOfTheHessianDoesNotMatterEvenWithDeadColumns() {
    float[] w = Samples.gaussian(ROWS * COLS, 2);
    Hessian h = Samples.withDead(Samples.hessian(Inputs.CORRELATED, 100, COLS, 3), 9);
    Grid grid = grid(w, 3, 0, true, true);
    byte[] codes = solve(w, h, grid, ACT_ORDER).weight().codes();
    for (double c : new double[] {0.5, 1024, 0x1p-60, 3.7e-5}) {
      assertArrayEquals(
          codes, solve(w, Samples.scaled(h, c), grid, ACT_ORDER).weight().codes(), "c = " + c);
    }
  }

  @Test
  void blockSizeAndThreadsChangeNothing() {
    int cols = 300;
    float[] w = Samples.gaussian(70 * cols, 4);
    Hessian h = Samples.hessian(Inputs.LOW_RANK, 400, cols, 5);
    Grid grid = GridFitter.PUBLISHED.fit(w, 70, cols, new QuantSpec(2, 48, false, true));
    GptqResult expected = solve(w, h, grid, ACT_ORDER.withBlockSize(1));
    for (int threads : new int[] {1, 2, 5}) {
      try (LocalEngine engine = new LocalEngine(threads)) {
        for (int block : new int[] {1, 32, 128, 1000}) {
          GptqResult result = GptqSolver.solve(w, h, grid, ACT_ORDER.withBlockSize(block), engine);
          assertArrayEquals(expected.weight().codes(), result.weight().codes());
          // Errors are summed block by block: the last bits may move with the block, not threads.
          assertEquals(
              expected.predictedError().orElseThrow(),
              result.predictedError().orElseThrow(),
              1e-9 * expected.predictedError().orElseThrow());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Inputs.class)
  void layerErrorIsNotAboveRoundToNearest(Inputs inputs) {
    for (int trial = 0; trial < 4; trial++) {
      for (int bits = 2; bits <= 4; bits++) {
        for (boolean clip : new boolean[] {false, true}) {
          float[] w = Samples.gaussian(ROWS * COLS, trial * 100L + bits);
          Hessian h = Samples.hessian(inputs, 256, COLS, trial);
          Grid grid = grid(w, bits, trial % 2 * 24, true, clip);
          double rtn = Samples.error(w, RoundToNearest.quantize(w, grid).dequantize(), h);
          GptqResult result = solve(w, h, grid, OPTIONS);
          double gptq = Samples.error(w, result.weight().dequantize(), h);
          assertTrue(gptq <= 1.01 * rtn, inputs + " " + bits + " bits: " + gptq + " > " + rtn);
          // Float rounding of the levels is all that separates prediction from definition.
          assertEquals(gptq, result.predictedError().orElseThrow(), 1e-4 * rtn);
        }
      }
    }
  }

  @Test
  void actOrderLowersTheErrorOnOutlierInputsOnAverage() {
    double natural = 0;
    double ordered = 0;
    for (int trial = 0; trial < 12; trial++) {
      float[] w = Samples.gaussian(ROWS * COLS, trial);
      Hessian h = Samples.hessian(Inputs.OUTLIERS, 256, COLS, 50 + trial);
      Grid grid = grid(w, 3, 0, true, true);
      double rtn = Samples.error(w, RoundToNearest.quantize(w, grid).dequantize(), h);
      natural += solve(w, h, grid, OPTIONS).predictedError().orElseThrow() / rtn;
      ordered += solve(w, h, grid, ACT_ORDER).predictedError().orElseThrow() / rtn;
    }
    assertTrue(ordered < natural, ordered + " >= " + natural);
  }

  @Test
  void deadColumnsBecomeExactZerosAndTheOutputOnTheDataStays() {
    float[] w = Samples.gaussian(ROWS * COLS, 8);
    Hessian h = Samples.withDead(Samples.hessian(Inputs.CORRELATED, 200, COLS, 9), 17);
    Grid grid = grid(w, 4, 8, false, true);
    GptqResult zero = solve(w, h, grid, ACT_ORDER);
    GptqResult round = solve(w, h, grid, ACT_ORDER.withDeadColumns(DeadColumns.ROUND));
    assertArrayEquals(new int[] {17}, zero.deadColumns());
    float[] q = zero.weight().dequantize();
    float[] kept = round.weight().dequantize();
    byte[] rtn = RoundToNearest.quantize(w, grid).codes();
    for (int row = 0; row < ROWS; row++) {
      assertEquals(0f, q[row * COLS + 17]);
      assertEquals(rtn[row * COLS + 17], round.weight().codes()[row * COLS + 17]);
      q[row * COLS + 17] = kept[row * COLS + 17];
    }
    assertArrayEquals(kept, q);
    assertEquals(zero.predictedError(), round.predictedError());
  }

  @Test
  void singularHessianGetsMoreDampingOnlyWhenNeeded() {
    float[] w = Samples.gaussian(ROWS * COLS, 8);
    Grid grid = grid(w, 4, 0, true, false);
    Hessian few = Samples.hessian(Inputs.WHITE, 10, COLS, 9);
    GptqResult none = solve(w, few, grid, OPTIONS.withDamping(0));
    assertEquals(Status.MORE_DAMPING, none.status());
    assertTrue(none.damping() > 0);
    GptqResult some = solve(w, few, grid, OPTIONS);
    assertEquals(Status.SOLVED, some.status());
    assertEquals(0.01, some.damping());
  }

  @Test
  void dampingEscalatesFromAFreshCopy() {
    float[] w = Samples.gaussian(ROWS * COLS, 8);
    Grid grid = grid(w, 4, 0, true, false);
    Hessian h = indefinite(-0.05);
    GptqResult result = solve(w, h, grid, OPTIONS);
    assertEquals(Status.MORE_DAMPING, result.status());
    GptqResult direct = solve(w, h, grid, OPTIONS.withDamping(result.damping()));
    assertEquals(Status.SOLVED, direct.status());
    assertArrayEquals(direct.weight().codes(), result.weight().codes());
    assertEquals(direct.predictedError(), result.predictedError());
  }

  @Test
  void unusableHessianFallsBackToRoundToNearest() {
    float[] w = Samples.gaussian(ROWS * COLS, 8);
    Grid grid = grid(w, 4, 0, true, false);
    byte[] rtn = RoundToNearest.quantize(w, grid).codes();
    for (Hessian h :
        new Hessian[] {indefinite(-50), new Hessian(COLS, new double[COLS * COLS], 0)}) {
      GptqResult result = solve(w, h, grid, OPTIONS);
      assertEquals(Status.FELL_BACK, result.status());
      assertArrayEquals(rtn, result.weight().codes());
      assertTrue(result.predictedError().isEmpty());
    }
  }

  /** White inputs, but one eigenvalue moved to {@code least}. */
  private static Hessian indefinite(double least) {
    double[] values = new double[COLS * COLS];
    for (int j = 0; j < COLS; j++) {
      values[j * COLS + j] = 1;
    }
    values[COLS] = 1 - least; // row 1, column 0: eigenvalues 1 ± (1 − least)
    values[1] = 1 - least;
    return new Hessian(COLS, values, 100);
  }

  @Test
  void requantizingTheResultChangesNothing() {
    float[] w = Samples.gaussian(ROWS * COLS, 11);
    Hessian h = Samples.hessian(Inputs.CORRELATED, 200, COLS, 12);
    Grid grid = grid(w, 3, 16, false, true);
    QuantizedWeight once = solve(w, h, grid, OPTIONS).weight();
    QuantizedWeight twice = solve(once.dequantize(), h, grid, OPTIONS).weight();
    assertArrayEquals(once.codes(), twice.codes());
  }

  @Test
  void badInputIsRefusedByName() {
    float[] w = Samples.gaussian(ROWS * COLS, 11);
    Grid grid = grid(w, 3, 16, false, true);
    Hessian h = Samples.hessian(Inputs.WHITE, 200, COLS, 12);
    w[2 * COLS + 5] = Float.NaN;
    String message =
        assertThrows(IllegalArgumentException.class, () -> solve(w, h, grid, OPTIONS)).getMessage();
    assertTrue(message.contains("row 2, column 5"), message);
    assertThrows(
        IllegalArgumentException.class,
        () -> solve(new float[ROWS * COLS], Samples.hessian(Inputs.WHITE, 9, 9, 1), grid, OPTIONS));
    double[] values = h.values().clone();
    values[3 * COLS + 4] = Double.POSITIVE_INFINITY;
    String where =
        assertThrows(IllegalArgumentException.class, () -> new Hessian(COLS, values, 1))
            .getMessage();
    assertTrue(where.contains("row 3, column 4"), where);
    assertFalse(where.isEmpty());
  }

  @Test
  void oneRowAndOneColumnWork() {
    float[] w = {0.3f};
    Grid grid = GridFitter.PUBLISHED.fit(w, 1, 1, new QuantSpec(4, 0, true, true));
    GptqResult result = solve(w, new Hessian(1, new double[] {2}, 5), grid, OPTIONS);
    assertEquals(0.3f, result.weight().dequantize()[0], 0.03f);
  }
}
