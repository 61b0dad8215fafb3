package io.compressor.solver.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Engine;
import io.compressor.engine.LocalEngine;
import io.compressor.solver.FoldedGrid;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.RoundToNearest;
import io.compressor.solver.block.BlockSpec.Scale;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The checkable properties of block floating integers. */
class BlockGridTest {
  private static final int ROWS = 150;
  private static final int COLS = 205; // ragged for every block

  private static float[] heavy(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] w = new float[ROWS * COLS];
    for (int i = 0; i < w.length; i++) {
      double normal = random.nextGaussian();
      w[i] = (float) (normal * Math.exp(random.nextGaussian()) * (i / COLS % 17 == 3 ? 8 : 1));
    }
    return w;
  }

  private static BlockGrid fit(float[] w, int bits, int side, Scale scale, boolean search) {
    BlockShape shape = side == 0 ? BlockShape.FULL : BlockShape.square(side);
    return BlockFitter.fit(
        w, ROWS, COLS, BlockSpec.ofBits(bits, shape, scale, search), Engine.direct());
  }

  private static float[] restored(float[] w, BlockGrid grid) {
    return RoundToNearest.quantize(w, grid).dequantize();
  }

  private static double decibels(float[] w, float[] q) {
    double signal = 0;
    double noise = 0;
    for (int i = 0; i < w.length; i++) {
      signal += (double) w[i] * w[i];
      noise += ((double) w[i] - q[i]) * ((double) w[i] - q[i]);
    }
    return 10 * Math.log10(signal / noise);
  }

  @ParameterizedTest
  @CsvSource({"4,16", "4,64", "8,32", "8,128", "4,0", "3,16"})
  void everyErrorIsAtMostHalfAStep(int bits, int side) {
    float[] w = heavy(1);
    for (Scale scale : Scale.values()) {
      BlockGrid grid = fit(w, bits, side, scale, false);
      float[] q = restored(w, grid);
      for (int i = 0; i < w.length; i++) {
        float step = grid.scale(i / COLS, i % COLS);
        assertTrue(Math.abs(w[i] - q[i]) <= step * 0.5000001, "weight " + i);
        if (scale == Scale.POWER_OF_TWO) {
          assertEquals(Math.scalb(1f, Math.getExponent(step)), step);
        }
      }
    }
  }

  /** s = ⌊log2(most / m)⌋ and q = round(x · 2^s), word for word. */
  @Test
  void powersOfTwoAreThePublishedShift() {
    float[] w = heavy(2);
    BlockGrid grid = fit(w, 4, 32, Scale.POWER_OF_TWO, false);
    for (int top = 0; top < ROWS; top += 32) {
      for (int left = 0; left < COLS; left += 32) {
        double m = 0;
        for (int r = top; r < Math.min(ROWS, top + 32); r++) {
          for (int c = left; c < Math.min(COLS, left + 32); c++) {
            m = Math.max(m, Math.abs(w[r * COLS + c]));
          }
        }
        double s = Math.floor(Math.log(7 / m) / Math.log(2));
        assertEquals(Math.pow(2, -s), grid.scale(top, left));
        double q = Math.rint(w[top * COLS + left] * Math.pow(2, s));
        assertEquals(q + 7, grid.encode(top, left, w[top * COLS + left]));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void roundingTwiceIsRoundingOnce(boolean search) {
    float[] w = heavy(3);
    for (Scale scale : Scale.values()) {
      BlockGrid grid = fit(w, 4, 32, scale, search);
      float[] once = restored(w, grid);
      assertArrayEquals(once, restored(once, grid));
      if (scale == Scale.POWER_OF_TWO && !search) {
        assertArrayEquals(once, restored(once, fit(once, 4, 32, scale, false)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8})
  void smallerBlocksLoseNoMore(int bits) {
    float[] w = heavy(4);
    for (Scale scale : Scale.values()) {
      double before = -1;
      for (int side : new int[] {0, 128, 64, 32, 16}) {
        double now = decibels(w, restored(w, fit(w, bits, side, scale, false)));
        assertTrue(now >= before, scale + " " + side + ": " + now + " < " + before);
        before = now;
      }
    }
  }

  @Test
  void exactScalesAreBetterByLessThanABitAndSearchedOnesBetterStill() {
    for (int seed = 0; seed < 4; seed++) {
      float[] w = heavy(seed);
      double shift = decibels(w, restored(w, fit(w, 4, 64, Scale.POWER_OF_TWO, false)));
      double exact = decibels(w, restored(w, fit(w, 4, 64, Scale.EXACT, false)));
      double searched = decibels(w, restored(w, fit(w, 4, 64, Scale.EXACT, true)));
      double shifts = decibels(w, restored(w, fit(w, 4, 64, Scale.POWER_OF_TWO, true)));
      assertTrue(exact >= shift && exact - shift <= 6.03, exact + " " + shift);
      assertTrue(searched >= exact, searched + " " + exact);
      assertTrue(shifts >= shift, shifts + " " + shift);
    }
  }

  @Test
  void oneBlockIsPerTensorQuantization() {
    float[] w = heavy(5);
    float largest = 0;
    for (float v : w) {
      largest = Math.max(largest, Math.abs(v));
    }
    BlockGrid grid = fit(w, 8, 0, Scale.EXACT, false);
    float step = grid.scales()[0];
    assertEquals(largest / 127, step, step / 1024);
    float[] q = restored(w, grid);
    for (int i = 0; i < w.length; i++) {
      assertEquals((float) (Math.rint(w[i] / step) * (double) step), q[i], 1e-6f * largest);
    }
  }

  @Test
  void zeroBlocksAreExactAndConstantOnesToElevenBits() {
    float[] w = heavy(6);
    for (int r = 0; r < 64; r++) {
      Arrays.fill(w, r * COLS, r * COLS + 64, r < 32 ? 0 : 0.5f);
    }
    float[] q = restored(w, fit(w, 4, 32, Scale.EXACT, true));
    for (int r = 0; r < 64; r++) {
      for (int c = 0; c < 64; c++) {
        assertEquals(w[r * COLS + c], q[r * COLS + c], r < 32 ? 0 : 0.5f / 1024);
      }
    }
  }

  @Test
  void extremeMagnitudesStayFinite() {
    for (float size : new float[] {Float.MIN_VALUE, 1e-38f, 1e-30f, 1e30f, Float.MAX_VALUE}) {
      float[] w = new float[ROWS * COLS];
      Arrays.fill(w, size);
      for (Scale scale : Scale.values()) {
        for (float q : restored(w, fit(w, 4, 16, scale, true))) {
          assertTrue(Float.isFinite(q), size + " became " + q);
        }
      }
    }
  }

  @Test
  void shapesLargerThanTheTensorAreTheTensor() {
    BlockGrid grid =
        BlockFitter.fit(
            new float[] {1, -2, 3},
            1,
            3,
            BlockSpec.ofBits(4, BlockShape.square(64), Scale.EXACT, false),
            Engine.direct());
    assertEquals(1, grid.scales().length);
    assertThrows(
        IllegalArgumentException.class,
        () ->
            BlockFitter.fit(
                new float[5],
                2,
                3,
                BlockSpec.ofBits(4, BlockShape.FULL, Scale.EXACT, false),
                Engine.direct()));
  }

  @Test
  void threadsDoNotChangeScales() {
    float[] w = heavy(7);
    BlockSpec spec = BlockSpec.ofBits(4, BlockShape.square(16), Scale.EXACT, true);
    try (LocalEngine engine = new LocalEngine(4)) {
      assertArrayEquals(
          BlockFitter.fit(w, ROWS, COLS, spec, Engine.direct()).scales(),
          BlockFitter.fit(w, ROWS, COLS, spec, engine).scales());
    }
  }

  /** One block a row, and shifts that int8 has room for, lose nothing when folded. */
  @Test
  void foldingIsExactWhereItCanBe() {
    float[] w = new float[ROWS * COLS];
    SplittableRandom random = new SplittableRandom(8);
    for (int i = 0; i < w.length; i++) {
      w[i] = (float) random.nextGaussian();
    }
    List<BlockSpec> specs =
        List.of(
            BlockSpec.ofBits(4, BlockShape.ROW, Scale.EXACT, true),
            BlockSpec.ofBits(4, BlockShape.square(64), Scale.POWER_OF_TWO, false));
    for (BlockSpec spec : specs) {
      BlockGrid grid = BlockFitter.fit(w, ROWS, COLS, spec, Engine.direct());
      FoldedGrid folded = BlockFold.fold(grid, 63);
      QuantizedWeight q = RoundToNearest.quantize(w, folded);
      float[] expected = restored(w, grid);
      float[] found = q.dequantize();
      for (int i = 0; i < w.length; i++) {
        float step = grid.scale(i / COLS, i % COLS);
        boolean isSpare = q.codes()[i] == 0; // −8, which four bits have room for
        assertEquals(expected[i], found[i], isSpare ? 1.001f * step : 1e-5f * step, spec + " " + i);
      }
    }
  }
}
