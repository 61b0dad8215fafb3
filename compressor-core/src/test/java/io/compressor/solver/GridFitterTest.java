package io.compressor.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.LocalEngine;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GridFitterTest {
  private static final GridFitter FITTER = GridFitter.PUBLISHED;

  private static QuantSpec spec(int bits, int group, boolean symmetric, boolean clip) {
    return new QuantSpec(bits, group, symmetric, clip);
  }

  private static double error(float[] w, Grid grid, double norm) {
    double sum = 0;
    for (int i = 0; i < w.length; i++) {
      int r = i / grid.cols();
      int c = i % grid.cols();
      sum += Math.pow(Math.abs(w[i] - grid.decode(r, c, grid.encode(r, c, w[i]))), norm);
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 8})
  void symmetricGridsFollowTheQuaRotConvention(int bits) {
    float[] w = Samples.gaussian(5 * 40, bits);
    UniformGrid grid = FITTER.fit(w, 5, 40, spec(bits, 0, true, false));
    int maxq = (1 << (bits - 1)) - 1;
    for (int r = 0; r < 5; r++) {
      double most = 0;
      for (int c = 0; c < 40; c++) {
        most = Math.max(most, Math.abs(w[r * 40 + c]));
      }
      assertEquals((float) (most / maxq), grid.scales()[r]);
      assertEquals(maxq + 1, grid.zeros()[r] & 0xff);
      // Round-to-nearest without clipping never reaches the extra negative level.
      for (int c = 0; c < 40; c++) {
        assertTrue(grid.encode(r, c, w[r * 40 + c]) >= 1);
      }
    }
    assertEquals(0, grid.encode(0, 0, -1e9));
    assertEquals((1 << bits) - 1, grid.encode(0, 0, 1e9));
    assertEquals(-(maxq + 1) * (double) grid.scales()[0], grid.decode(0, 0, 0));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 8})
  void asymmetricGridsRepresentZeroExactly(int bits) {
    float[] w = Samples.gaussian(6 * 32, bits);
    for (int c = 0; c < 32; c++) {
      w[c] = Math.abs(w[c]) + 3; // all positive: lo is 0
      w[32 + c] = -Math.abs(w[32 + c]);
    }
    for (boolean clip : new boolean[] {false, true}) {
      UniformGrid grid = FITTER.fit(w, 6, 32, spec(bits, 8, false, clip));
      for (int r = 0; r < 6; r++) {
        for (int c = 0; c < 32; c++) {
          assertEquals(0.0, grid.decode(r, c, grid.encode(r, c, 0)));
        }
      }
      assertEquals(0, grid.zeros()[0]);
      assertEquals((1 << bits) - 1, grid.zeros()[4] & 0xff);
    }
  }

  @Test
  void allZeroRowsFollowTheirRules() {
    float[] w = new float[2 * 8];
    UniformGrid asymmetric = FITTER.fit(w, 2, 8, spec(4, 0, false, true));
    assertEquals((float) (2.0 / 15), asymmetric.scales()[0]);
    assertEquals(8, asymmetric.zeros()[0]); // rint(7.5), half to even
    UniformGrid symmetric = FITTER.fit(w, 2, 8, spec(4, 0, true, true));
    assertEquals(1f, symmetric.scales()[0]);
    for (Grid grid : new Grid[] {asymmetric, symmetric}) {
      assertArrayEquals(w, RoundToNearest.quantize(w, grid).dequantize());
    }
  }

  @Test
  void halvesGoToTheEvenCode() {
    UniformGrid grid = new UniformGrid(1, 1, 4, 1, new float[] {1}, new byte[] {8});
    assertEquals(8, grid.encode(0, 0, 0.5));
    assertEquals(10, grid.encode(0, 0, 1.5));
    assertEquals(10, grid.encode(0, 0, 2.5));
    assertEquals(8, grid.encode(0, 0, -0.5));
    assertEquals(6, grid.encode(0, 0, -1.5));
  }

  @Test
  void raggedLastGroupHasItsOwnScale() {
    float[] w = new float[21];
    Arrays.fill(w, 0, 16, 1f);
    Arrays.fill(w, 16, 21, 100f);
    UniformGrid grid = FITTER.fit(w, 1, 21, spec(4, 8, true, false));
    assertEquals(3, grid.groups());
    assertArrayEquals(new float[] {1f / 7, 1f / 7, 100f / 7}, grid.scales());
    assertArrayEquals(w, RoundToNearest.quantize(w, grid).dequantize(), 1e-5f);
    UniformGrid wide = FITTER.fit(w, 1, 21, spec(4, 64, true, false));
    assertEquals(1, wide.groups());
  }

  @ParameterizedTest
  @CsvSource({"2,true", "2,false", "3,true", "3,false", "4,true", "4,false"})
  void clippingNeverIncreasesThePublishedError(int bits, boolean symmetric) {
    for (int seed = 0; seed < 20; seed++) {
      float[] w = seed % 2 == 0 ? Samples.gaussian(96, seed) : Samples.studentT(96, 3, seed);
      double plain = error(w, FITTER.fit(w, 3, 32, spec(bits, 8, symmetric, false)), 2.4);
      double clipped = error(w, FITTER.fit(w, 3, 32, spec(bits, 8, symmetric, true)), 2.4);
      assertTrue(clipped <= plain * (1 + 1e-6), clipped + " > " + plain);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void clipSearchFindsWhatTheNaiveLoopFinds(boolean symmetric) {
    for (int seed = 0; seed < 30; seed++) {
      float[] w = Samples.studentT(50, 4, seed);
      UniformGrid grid = FITTER.fit(w, 1, 50, spec(3, 0, symmetric, true));
      assertEquals(naiveScale(w, 3, symmetric), grid.scales()[0], 1e-6f * grid.scales()[0]);
    }
  }

  /** find_params of the published code. */
  private static float naiveScale(float[] w, int bits, boolean symmetric) {
    double lo = 0;
    double hi = 0;
    for (float v : w) {
      lo = Math.min(lo, v);
      hi = Math.max(hi, v);
    }
    int maxq = symmetric ? (1 << (bits - 1)) - 1 : (1 << bits) - 1;
    double best = Double.POSITIVE_INFINITY;
    float scale = 0;
    for (int i = 0; i < 80; i++) {
      double p = 1 - i / 100.0;
      float s = (float) (symmetric ? p * Math.max(-lo, hi) / maxq : p * (hi - lo) / maxq);
      double zero = symmetric ? 0 : Math.rint(-p * lo / s);
      double from = symmetric ? -maxq - 1 : 0;
      double sum = 0;
      for (float v : w) {
        double q = Math.max(from, Math.min(maxq, Math.rint(v / (double) s) + zero));
        sum += Math.pow(Math.abs(s * (q - zero) - v), 2.4);
      }
      if (sum < best) {
        best = sum;
        scale = s;
      }
    }
    return scale;
  }

  @Test
  void columnWeightsMoveTheErrorAwayFromImportantColumns() {
    float[] w = Samples.studentT(64 * 64, 3, 9);
    double[] h = new double[64];
    for (int c = 0; c < 64; c++) {
      h[c] = c % 8 == 0 ? 100 : 0.1;
    }
    QuantSpec spec = spec(3, 0, true, true);
    double plain = weighted(w, FITTER.fit(w, 64, 64, spec), h);
    double informed = weighted(w, FITTER.weightedBy(h).fit(w, 64, 64, spec), h);
    assertTrue(informed < plain, informed + " >= " + plain);
    assertThrows(
        IllegalArgumentException.class,
        () -> FITTER.weightedBy(new double[] {-1}).fit(new float[1], 1, 1, spec));
  }

  private static double weighted(float[] w, Grid grid, double[] h) {
    float[] q = RoundToNearest.quantize(w, grid).dequantize();
    double sum = 0;
    for (int i = 0; i < w.length; i++) {
      sum += h[i % h.length] * Math.pow(Math.abs(w[i] - q[i]), 2.4);
    }
    return sum;
  }

  @Test
  void theExtraLevelOnTheBetterSideLowersTheErrorOfGroups() {
    float[] w = Samples.gaussian(128 * 32, 3);
    GridFitter either =
        new GridFitter(
            ClipSearch.PUBLISHED.with(ClipSearch.ExtraLevel.BEST), FITTER.columnWeights());
    for (boolean clip : new boolean[] {false, true}) {
      double published = error(w, FITTER.fit(w, 128, 32, spec(4, 32, true, clip)), 2.4);
      UniformGrid grid = either.fit(w, 128, 32, spec(4, 32, true, clip));
      double better = error(w, grid, 2.4);
      assertTrue(better < published, better + " >= " + published);
      boolean negative = false;
      for (float s : grid.scales()) {
        negative |= s < 0;
      }
      assertTrue(negative);
    }
  }

  @Test
  void constantRowsAreExactAndRequantizingChangesNothing() {
    float[] w = new float[3 * 16];
    Arrays.fill(w, 0, 16, 0.3f);
    Arrays.fill(w, 16, 32, -2f);
    Arrays.fill(w, 32, 48, 1e-3f);
    for (boolean symmetric : new boolean[] {true, false}) {
      UniformGrid grid = FITTER.fit(w, 3, 16, spec(4, 0, symmetric, true));
      QuantizedWeight q = RoundToNearest.quantize(w, grid);
      float[] back = q.dequantize();
      for (int i = 0; i < w.length; i++) {
        assertEquals(w[i], back[i], 1e-6f * Math.abs(w[i]));
      }
      assertArrayEquals(q.codes(), RoundToNearest.quantize(back, grid).codes());
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.MAX_VALUE, 1e30f, 1e-30f, 1e-40f, Float.MIN_VALUE})
  void hugeAndDenormalWeightsStayFinite(float size) {
    float[] w = {size, -size, size / 2, 0, -size / 3, size, 0, 0};
    for (boolean symmetric : new boolean[] {true, false}) {
      for (int bits : new int[] {2, 4, 8}) {
        UniformGrid grid = FITTER.fit(w, 1, 8, spec(bits, 4, symmetric, true));
        float[] q = RoundToNearest.quantize(w, grid).dequantize();
        for (int i = 0; i < 8; i++) {
          assertTrue(Float.isFinite(q[i]) && grid.scales()[i / 4] > 0);
          if (bits == 8 && size > 1e-31f) {
            assertEquals(w[i], q[i], 0.02f * size);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void weightsThatAreNotFiniteAreRefusedByPlace(float bad) {
    float[] w = new float[6];
    w[4] = bad;
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> FITTER.fit(w, 2, 3, spec(4, 0, true, true)))
            .getMessage();
    assertTrue(message.contains("row 1, column 1"), message);
    assertThrows(IllegalArgumentException.class, () -> FITTER.fit(w, 3, 3, spec(4, 0, true, true)));
    assertThrows(
        IllegalArgumentException.class,
        () -> FITTER.fit(new float[0], 0, 0, spec(4, 0, true, true)));
  }

  @Test
  void threadsChangeNothing() {
    float[] w = Samples.studentT(50 * 40, 3, 1);
    UniformGrid one = FITTER.fit(w, 50, 40, spec(3, 16, false, true));
    try (LocalEngine engine = new LocalEngine(4)) {
      UniformGrid four = FITTER.fit(w, 50, 40, spec(3, 16, false, true), engine);
      assertArrayEquals(one.scales(), four.scales());
      assertArrayEquals(one.zeros(), four.zeros());
    }
  }

  @Test
  void powersAreGoodToOneInAMillion() {
    PowerTable table = new PowerTable(2.4);
    for (double x = 1e-60; x < 1e60; x *= 1.37) {
      double exact = Math.pow(x, 2.4);
      assertEquals(exact, table.of(x), 1e-6 * exact);
    }
    assertEquals(0, table.of(0));
  }
}
