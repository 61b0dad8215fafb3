package io.compressor.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Engine;
import io.compressor.engine.LocalEngine;
import io.compressor.solver.Samples.Inputs;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FoldedGridTest {
  private static final FoldedGridFitter FITTER = FoldedGridFitter.LEAST_SQUARES;

  private static FoldedGrid fit(float[] w, int cols, int group, Codebook table) {
    return FITTER.fit(
        w,
        w.length / cols,
        cols,
        new QuantSpec(table.bits(), group, true, true),
        table,
        Engine.direct());
  }

  private static double mse(float[] w, Grid grid) {
    float[] q = RoundToNearest.quantize(w, grid).dequantize();
    double sum = 0;
    for (int i = 0; i < w.length; i++) {
      double e = (double) w[i] - q[i];
      sum += e * e;
    }
    return sum / w.length;
  }

  private static double power(float[] w) {
    double sum = 0;
    for (float v : w) {
      sum += (double) v * v;
    }
    return sum / w.length;
  }

  private static Codebook learn(float[] w, int cols, int bits, int group) {
    return CodebookLearner.learn(
        w, w.length / cols, cols, new QuantSpec(bits, group, true, true), FITTER, Engine.direct());
  }

  @Test
  void levelsAreTheDocumentedFormula() {
    float[] w = Samples.gaussian(6 * 70, 1);
    FoldedGrid grid = fit(w, 70, 32, Codebook.normalFloat(4));
    byte[] table = grid.table().levels();
    for (int r = 0; r < 6; r++) {
      for (int c = 0; c < 70; c++) {
        int m = grid.multipliers()[r * 3 + c / 32] & 0xff;
        for (int code = 0; code < 16; code++) {
          float product = (float) table[code] * m / (1 << grid.shift());
          int level = Math.max(-127, Math.min(127, (int) Math.rint(product)));
          assertEquals(level, grid.int8(r, c, code));
          assertEquals((double) grid.rowScales()[r] * level, grid.decode(r, c, code));
        }
      }
    }
    assertFalse(grid.isPlain());
  }

  @Test
  void encodeFindsTheNearestLevelAndTheEvenCodeOnATie() {
    SplittableRandom random = new SplittableRandom(3);
    for (Codebook table :
        new Codebook[] {
          Codebook.uniform(2), Codebook.uniform(4), Codebook.uniform(8), Codebook.normalFloat(3)
        }) {
      int most = FoldedLevels.largestMultiplier(table, 4, 127);
      byte[] multipliers = new byte[8];
      for (int i = 0; i < 8; i++) {
        multipliers[i] = (byte) (most * i / 7);
      }
      FoldedGrid grid = new FoldedGrid(1, 8, 1, table, 4, new float[] {-0.25f}, multipliers);
      for (int trial = 0; trial < 4000; trial++) {
        int c = trial % 8;
        double w =
            trial % 3 == 0
                ? (random.nextInt(601) - 300) / 8.0 // exact ties
                : (random.nextDouble() - 0.5) * 80;
        double best = Double.POSITIVE_INFINITY;
        for (int code = 0; code < table.size(); code++) {
          best = Math.min(best, Math.abs(w - grid.decode(0, c, code)));
        }
        int found = grid.encode(0, c, w);
        assertEquals(best, Math.abs(w - grid.decode(0, c, found)));
      }
    }
    FoldedGrid grid =
        new FoldedGrid(1, 1, 1, Codebook.uniform(4), 0, new float[] {1}, new byte[] {1});
    assertEquals(8, grid.encode(0, 0, 0.5));
    assertEquals(10, grid.encode(0, 0, 1.5));
  }

  @Test
  void oneGroupForTheRowNeedsNoMultiplier() {
    float[] w = Samples.gaussian(4 * 64, 2);
    FoldedGrid grid = fit(w, 64, 0, Codebook.uniform(4));
    assertTrue(grid.isPlain());
    assertEquals(0, grid.shift());
    UniformGrid uniform =
        new GridFitter(ClipSearch.LEAST_SQUARES, FITTER.columnWeights())
            .fit(w, 4, 64, new QuantSpec(4, 0, true, true));
    // The folded range starts where nothing is clipped on either side, the uniform one at max/7.
    assertEquals(mse(w, uniform), mse(w, grid), 0.05 * mse(w, uniform));
  }

  @Test
  void foldingIntoInt8CostsLittleAgainstFloatScales() {
    float[] w = Samples.gaussian(64 * 256, 4);
    QuantSpec spec = new QuantSpec(4, 32, true, true);
    double floatScales =
        mse(
            w,
            new GridFitter(ClipSearch.LEAST_SQUARES, FITTER.columnWeights()).fit(w, 64, 256, spec));
    double folded = mse(w, fit(w, 256, 32, Codebook.uniform(4)));
    assertTrue(folded <= 1.06 * floatScales, folded + " vs " + floatScales);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void aLearntTableIsNotWorseThanUniformOrNormalFloat(int bits) {
    for (int seed = 0; seed < 3; seed++) {
      for (float[] w :
          new float[][] {Samples.gaussian(64 * 128, seed), Samples.studentT(64 * 128, 3, seed)}) {
        Codebook learnt = learn(w, 128, bits, 32);
        assertTrue(learnt.size() <= 1 << bits);
        double error = mse(w, fit(w, 128, 32, learnt));
        double uniform = mse(w, fit(w, 128, 32, Codebook.uniform(bits)));
        double normal = mse(w, fit(w, 128, 32, Codebook.normalFloat(bits)));
        assertTrue(error <= uniform, error + " > uniform " + uniform);
        assertTrue(error <= normal, error + " > normal-float " + normal);
      }
    }
  }

  @Test
  void aTableOfTheDistinctWeightsIsLossless() {
    SplittableRandom random = new SplittableRandom(5);
    float[] values = {-1f, -0.25f, 0f, 0.5f};
    float[] w = new float[32 * 64];
    for (int i = 0; i < w.length; i++) {
      w[i] = values[random.nextInt(4)];
    }
    Codebook learnt = learn(w, 64, 2, 0);
    assertTrue(mse(w, fit(w, 64, 0, learnt)) < 1e-5); // int8 codewords: steps of 1/127
  }

  @Test
  void normalFloatOfFourBitsIsNf4() {
    double[] nf4 = {
      -1.0, -0.6961928, -0.52507305, -0.39491749, -0.28444138, -0.18477343, -0.09105004, 0.0,
      0.0795803, 0.1609302, 0.24611230, 0.33791524, 0.44070983, 0.562617, 0.72295684, 1.0
    };
    byte[] expected = new byte[16];
    for (int i = 0; i < 16; i++) {
      expected[i] = (byte) Math.rint(nf4[i] * 127);
    }
    assertArrayEquals(expected, Codebook.normalFloat(4).levels());
    for (int bits = 2; bits <= 4; bits++) {
      Codebook table = Codebook.normalFloat(bits);
      assertEquals(1 << bits, table.size());
      assertTrue(Arrays.binarySearch(table.levels(), (byte) 0) >= 0);
      assertEquals(127, table.most());
    }
  }

  @Test
  void zeroConstantHugeAndTinyRowsWork() {
    float[] w = new float[5 * 64];
    Arrays.fill(w, 64, 128, 0.7f);
    Arrays.fill(w, 128, 160, 1e-3f); // a group a thousand times smaller than its neighbour
    Arrays.fill(w, 160, 192, 1f);
    Arrays.fill(w, 192, 256, -Float.MAX_VALUE);
    Arrays.fill(w, 256, 320, 1e-40f);
    for (Codebook table : new Codebook[] {Codebook.uniform(4), Codebook.normalFloat(4)}) {
      for (boolean clip : new boolean[] {false, true}) {
        FoldedGrid grid =
            FITTER.fit(w, 5, 64, new QuantSpec(4, 32, true, clip), table, Engine.direct());
        float[] q = RoundToNearest.quantize(w, grid).dequantize();
        for (int i = 0; i < 256; i++) {
          assertTrue(Float.isFinite(q[i]));
          assertEquals(w[i], q[i], 0.02f * Math.max(Math.abs(w[i]), i < 192 ? 0.5f : 0));
        }
        for (float s : grid.rowScales()) {
          assertTrue(s > 0 && Float.isFinite(s));
        }
        assertArrayEquals(new float[64], Arrays.copyOf(q, 64));
      }
    }
  }

  @Test
  void requantizingChangesNoWeight() {
    float[] w = Samples.studentT(16 * 96, 3, 6);
    FoldedGrid grid = fit(w, 96, 32, Codebook.uniform(3));
    float[] once = RoundToNearest.quantize(w, grid).dequantize();
    assertArrayEquals(once, RoundToNearest.quantize(once, grid).dequantize());
  }

  @Test
  void negativeRowScalesAreTriedOnlyOnRequestAndDoNotHurt() {
    float[] w = Samples.gaussian(64 * 32, 7);
    FoldedGrid plain = fit(w, 32, 0, Codebook.uniform(2));
    for (float s : plain.rowScales()) {
      assertTrue(s > 0);
    }
    FoldedGridFitter either =
        new FoldedGridFitter(
            ClipSearch.LEAST_SQUARES.with(ClipSearch.ExtraLevel.BEST), FITTER.columnWeights(), 127);
    FoldedGrid signed =
        either.fit(
            w, 64, 32, new QuantSpec(2, 0, true, true), Codebook.uniform(2), Engine.direct());
    assertTrue(mse(w, signed) < mse(w, plain));
  }

  @Test
  void gptqWorksOnFoldedGrids() {
    int cols = 96;
    float[] w = Samples.gaussian(32 * cols, 8);
    Hessian h = Samples.hessian(Inputs.CORRELATED, 300, cols, 9);
    for (Codebook table : new Codebook[] {Codebook.uniform(3), learn(w, cols, 3, 32)}) {
      FoldedGrid grid = fit(w, cols, 32, table);
      double rtn = Samples.error(w, RoundToNearest.quantize(w, grid).dequantize(), h);
      GptqResult gptq = GptqSolver.solve(w, h, grid, GptqOptions.PUBLISHED, Engine.direct());
      assertTrue(Samples.error(w, gptq.weight().dequantize(), h) < 0.8 * rtn);
      assertArrayEquals(TextbookGptq.codes(w, h, grid, 0.01, false), gptq.weight().codes());
    }
  }

  @Test
  void threadsChangeNothing() {
    float[] w = Samples.studentT(60 * 64, 3, 1);
    QuantSpec spec = new QuantSpec(3, 32, true, true);
    try (LocalEngine engine = new LocalEngine(3)) {
      Codebook one = learn(w, 64, 3, 32);
      Codebook three = CodebookLearner.learn(w, 60, 64, spec, FITTER, engine);
      assertEquals(one, three);
      FoldedGrid a = fit(w, 64, 32, one);
      FoldedGrid b = FITTER.fit(w, 60, 64, spec, one, engine);
      assertArrayEquals(a.rowScales(), b.rowScales());
      assertArrayEquals(a.multipliers(), b.multipliers());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 127})
  void noLevelLeavesTheLimit(int limit) {
    float[] w = Samples.studentT(32 * 96, 3, 1);
    FoldedGridFitter fitter =
        new FoldedGridFitter(ClipSearch.LEAST_SQUARES, FITTER.columnWeights(), limit);
    for (int group : new int[] {0, 32}) {
      for (int bits : new int[] {2, 4, 8}) {
        QuantSpec spec = new QuantSpec(bits, group, true, true);
        Codebook learnt = CodebookLearner.learn(w, 32, 96, spec, fitter, Engine.direct());
        for (Codebook table : new Codebook[] {Codebook.uniform(bits), learnt}) {
          FoldedGrid grid = fitter.fit(w, 32, 96, spec, table, Engine.direct());
          for (int i = 0; i < w.length; i++) {
            for (int code : new int[] {0, table.size() - 1}) {
              assertTrue(Math.abs(grid.int8(i / 96, i % 96, code)) <= limit);
            }
          }
          // Heavy tails cost most at 2 bits; anything near 1 would mean a broken fit.
          assertTrue(mse(w, grid) < 0.5 * power(w));
        }
      }
    }
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new FoldedGrid(
                1, 1, 1, Codebook.uniform(4), 4, new float[] {1}, new byte[] {(byte) 255}));
  }

  @Test
  void badTablesAndWeightsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Codebook(new byte[] {1, 1}));
    assertThrows(IllegalArgumentException.class, () -> new Codebook(new byte[] {1}));
    assertThrows(IllegalArgumentException.class, () -> Codebook.normalFloat(5));
    assertThrows(
        IllegalArgumentException.class,
        () -> fit(new float[] {1, Float.NaN}, 2, 0, Codebook.uniform(4)));
  }
}
