package io.compressor.solver;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.LocalEngine;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Wall times of one 2048² layer on two threads; the bound is generous, the report is the point. */
@Tag("slow")
class GptqSpeedTest {
  private static final int N = 2048;

  @Test
  void aLayerOf2048SquaredTakesSeconds(TestReporter reporter) {
    float[] w = Samples.gaussian(N * N, 1);
    double[] values = new double[N * N];
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < N; j++) {
        values[i * N + j] = Math.pow(0.9, Math.abs(i - j));
      }
    }
    Hessian h = new Hessian(N, values, 4 * N);
    try (LocalEngine engine = new LocalEngine(2)) {
      for (int round = 0; round < 3; round++) {
        long start = System.nanoTime();
        QuantSpec spec = new QuantSpec(4, 128, true, true);
        UniformGrid grid = GridFitter.PUBLISHED.fit(w, N, N, spec, engine);
        long fitted = System.nanoTime();
        GptqFactor factor = GptqFactor.of(h, GptqOptions.PUBLISHED, engine);
        long factored = System.nanoTime();
        GptqSolver.solve(w, factor, grid, GptqOptions.PUBLISHED, engine);
        long solved = System.nanoTime();
        reporter.publishEntry(
            "ms",
            "clip search %d, factor %d, solve %d"
                .formatted(
                    (fitted - start) / 1_000_000,
                    (factored - fitted) / 1_000_000,
                    (solved - factored) / 1_000_000));
        assertTrue(solved - start < 60e9);
      }
    }
  }
}
