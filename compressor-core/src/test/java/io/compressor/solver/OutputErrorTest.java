package io.compressor.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Engine;
import io.compressor.engine.LocalEngine;
import io.compressor.solver.HoldoutJudge.Choice;
import io.compressor.solver.HoldoutJudge.Verdict;
import io.compressor.solver.Samples.Inputs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputErrorTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 50, 128, 131, 300})
  void errorEqualsItsDefinition(int n) {
    Hessian h = Samples.hessian(Inputs.CORRELATED, 2 * n, n, n);
    float[] w = Samples.gaussian(7 * n, 1);
    float[] q = Samples.gaussian(7 * n, 2);
    double expected = Samples.error(w, q, h);
    OutputError error = OutputError.of(h, Engine.direct());
    assertEquals(expected, error.absolute(w, q), 1e-5 * expected);
    assertEquals(expected / Samples.error(w, new float[7 * n], h), error.relative(w, q), 1e-5);
    assertEquals(0, error.relative(w, w));
    assertEquals(0, error.relative(new float[n], new float[n]));
    try (LocalEngine engine = new LocalEngine(3)) {
      assertEquals(error.absolute(w, q), OutputError.of(h, engine).absolute(w, q));
    }
  }

  @Test
  void theJudgeTakesWhatIsBetterOnFreshRows() {
    int n = 64;
    float[] w = Samples.gaussian(32 * n, 1);
    Grid grid = GridFitter.PUBLISHED.fit(w, 32, n, new QuantSpec(3, 0, true, true));
    QuantizedWeight rtn = RoundToNearest.quantize(w, grid);
    // Rows of one distribution, cut in two parts.
    double[] x = Samples.inputs(Inputs.CORRELATED, 1000, n, 4);
    double[] fresh = java.util.Arrays.copyOfRange(x, 800 * n, 1000 * n);
    Hessian holdout = Samples.hessian(fresh, 200, n);
    Hessian enough = Samples.hessian(x, 800, n);
    QuantizedWeight good =
        GptqSolver.solve(w, enough, grid, GptqOptions.PUBLISHED, Engine.direct()).weight();
    Verdict yes = HoldoutJudge.judge(w, good, rtn, holdout, 800, Engine.direct());
    assertEquals(Choice.GPTQ, yes.choice());
    assertSame(good, yes.weight());
    assertTrue(yes.gptqError() < yes.rtnError());
    assertTrue(yes.warning().isEmpty());

    Hessian few = Samples.hessian(Inputs.WHITE, 8, n, 5);
    QuantizedWeight bad =
        GptqSolver.solve(w, few, grid, GptqOptions.PUBLISHED, Engine.direct()).weight();
    Verdict no = HoldoutJudge.judge(w, bad, rtn, holdout, 8, Engine.direct());
    assertEquals(Choice.RTN, no.choice());
    assertSame(rtn, no.weight());
    assertEquals(
        "8 calibration rows for 64 inputs; at least 128 are advised",
        no.warning().orElseThrow().message());

    Hessian none = new Hessian(n, new double[n * n], 0);
    assertEquals(Choice.RTN, HoldoutJudge.judge(w, good, rtn, none, 800, Engine.direct()).choice());
  }

  @Test
  void theBiasCorrectionRestoresTheMeanOutput() {
    float[] w = {1, 2, 3, 4, 5, 6};
    float[] q = {1, 1, 3, 4, 5, 8};
    assertArrayEquals(
        new double[] {10, -200}, BiasCorrection.delta(w, q, new double[] {1, 10, 100}));
    assertThrows(IllegalArgumentException.class, () -> BiasCorrection.delta(w, q, new double[4]));
  }
}
