package io.compressor.solver.activation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class RangeCalibratorTest {
  private static final int BINS = 2048;
  private static final List<RangeCalibrator> ALL =
      List.of(new MinMax(), Percentile.DEFAULT, Entropy.UINT8, Mse.UINT8);

  /** Samples and their histogram between the smallest and the largest. */
  private record Data(double[] x, double min, double max, long[] counts) {
    static Data of(int n, ToDoubleFunction<SplittableRandom> draw) {
      SplittableRandom random = new SplittableRandom(7);
      double[] x = new double[n];
      for (int i = 0; i < n; i++) {
        x[i] = draw.applyAsDouble(random);
      }
      double min = Arrays.stream(x).min().orElseThrow();
      double max = Arrays.stream(x).max().orElseThrow();
      long[] counts = new long[BINS];
      for (double v : x) {
        counts[Math.min(BINS - 1, (int) ((v - min) / (max - min) * BINS))]++;
      }
      return new Data(x, min, max, counts);
    }

    ActivationRange range(RangeCalibrator calibrator) {
      return calibrator.range(min, max, counts);
    }

    double error(ActivationRange range) {
      Uint8Parameters q = Uint8Parameters.of(range, 256);
      double sum = 0;
      for (double v : x) {
        double d = v - q.dequantize(q.quantize(v));
        sum += d * d;
      }
      return sum / x.length;
    }
  }

  private static Data gaussian() {
    return Data.of(200_000, SplittableRandom::nextGaussian);
  }

  /** A body of unit size and one element in 20 000 that is 50 times as large. */
  private static Data outliers() {
    return Data.of(200_000, r -> r.nextInt(20_000) == 0 ? 50 * r.nextDouble() : r.nextGaussian());
  }

  private static Data relu() {
    return Data.of(200_000, r -> Math.max(0, r.nextGaussian() - 0.5));
  }

  @Test
  void minMaxIsTheOuterEdgeOfTheFilledBins() {
    assertEquals(new ActivationRange(-1, 1), new MinMax().range(-1, 1, new long[] {1, 0, 0, 1}));
    assertEquals(
        new ActivationRange(-0.5, 0.5), new MinMax().range(-1, 1, new long[] {0, 2, 1, 0}));
    Data data = gaussian();
    assertEquals(new ActivationRange(data.min, data.max), data.range(new MinMax()));
  }

  @Test
  void percentileLeavesOutWhatItSays() {
    Data data = gaussian();
    for (double percent : new double[] {50, 90, 99, 99.99}) {
      ActivationRange range = data.range(new Percentile(percent));
      long inside = Arrays.stream(data.x).filter(v -> v >= range.min() && v <= range.max()).count();
      // One bin of a Gaussian holds up to 0.2 % of the elements; interpolation leaves a part.
      assertEquals(percent / 100, (double) inside / data.x.length, 5e-4);
    }
    ActivationRange all = data.range(new Percentile(100));
    assertEquals(data.min, all.min(), 1e-12);
    assertEquals(data.max, all.max(), 1e-12);
    assertEquals(
        new ActivationRange(-0.5, 0.5), new Percentile(50).range(-1, 1, new long[] {1, 1, 1, 1}));
  }

  @Test
  void mseIsBetterThanMinMaxAndNearTheBestWindow() {
    for (Data data : List.of(gaussian(), outliers(), relu())) {
      double best = Double.POSITIVE_INFINITY;
      for (double cut = 0.02; cut <= 1; cut += 0.02) {
        best = Math.min(best, data.error(new ActivationRange(cut * data.min, cut * data.max)));
      }
      double found = data.error(data.range(Mse.UINT8));
      // The model takes rounding noise as uniform and ignores the shift of the zero point.
      assertTrue(found <= 1.05 * best, found + " vs " + best);
      assertTrue(found <= data.error(data.range(new MinMax())) * 1.02);
    }
    // With few levels the tails of a Gaussian are not worth their step: about 2.7 sigma remain.
    ActivationRange narrow = gaussian().range(new Mse(16));
    assertTrue(narrow.max() > 2.2 && narrow.max() < 3.2, narrow.toString());
  }

  @Test
  void entropyClipsOutliersAndIsNotMinMax() {
    for (Data data : List.of(outliers(), Data.of(200_000, RangeCalibratorTest::laplace))) {
      ActivationRange range = data.range(Entropy.UINT8);
      assertNotEquals(data.range(new MinMax()), range);
      assertTrue(range.max() < 0.8 * data.max, range + " of " + data.max);
      long inside = Arrays.stream(data.x).filter(v -> v >= range.min() && v <= range.max()).count();
      assertTrue(inside > 0.98 * data.x.length, "kept " + inside);
    }
  }

  private static double laplace(SplittableRandom r) {
    double u = r.nextDouble() - 0.5;
    return -Math.signum(u) * Math.log(1 - 2 * Math.abs(u));
  }

  @Test
  void entropyKeepsADistributionWithoutTails() {
    Data data = Data.of(500_000, r -> r.nextDouble() * 6 - 2);
    ActivationRange range = data.range(Entropy.UINT8);
    assertEquals(-2, range.min(), 0.1);
    assertEquals(4, range.max(), 0.1);
  }

  @Test
  void entropyRefusesAHistogramAsCoarseAsItsLevels() {
    long[] coarse = new long[256];
    Arrays.fill(coarse, 1);
    assertThrows(IllegalArgumentException.class, () -> Entropy.UINT8.range(-1, 1, coarse));
  }

  @Test
  void outputsOfReluKeepAllLevelsOnOneSide() {
    Data data = relu();
    for (RangeCalibrator calibrator : ALL) {
      ActivationRange range = data.range(calibrator);
      // Percentile interpolates inside the bin of the zeros.
      assertEquals(0, range.min(), 1e-6, calibrator.toString());
      assertTrue(range.max() > 1.5, calibrator + " " + range);
      assertEquals(0, Uint8Parameters.of(range, 256).zeroPoint());
    }
  }

  @Test
  void negativeAndConstantAndNarrowDataWork() {
    Data negative = Data.of(50_000, r -> -Math.abs(r.nextGaussian()));
    long[] one = new long[BINS];
    one[0] = 5;
    for (RangeCalibrator calibrator : ALL) {
      ActivationRange range = negative.range(calibrator);
      assertTrue(range.min() < -2 && range.max() <= 0, calibrator + " " + range);
      ActivationRange constant = calibrator.range(3, 3, one);
      assertEquals(3, constant.min(), 1e-9);
      assertEquals(3, constant.max(), 1e-9);
      Data away = Data.of(50_000, r -> 10 + r.nextGaussian());
      ActivationRange shifted = away.range(calibrator);
      assertTrue(shifted.max() > 12 && shifted.max() <= away.max, calibrator + " " + shifted);
    }
  }

  @Test
  void emptyAndBrokenHistogramsAreRefused() {
    for (RangeCalibrator calibrator : ALL) {
      long[] counts = new long[BINS];
      assertThrows(IllegalArgumentException.class, () -> calibrator.range(0, 1, counts));
      counts[3] = 4;
      assertThrows(IllegalArgumentException.class, () -> calibrator.range(1, 0, counts));
      assertThrows(IllegalArgumentException.class, () -> calibrator.range(Double.NaN, 0, counts));
      counts[5] = -1;
      assertThrows(IllegalArgumentException.class, () -> calibrator.range(0, 1, counts));
    }
  }

  @Test
  void zeroIsExactInEveryUint8Range() {
    SplittableRandom random = new SplittableRandom(2);
    for (int trial = 0; trial < 1000; trial++) {
      double a = random.nextGaussian() * Math.pow(10, random.nextInt(-30, 30));
      double b = random.nextGaussian() * Math.pow(10, random.nextInt(-30, 30));
      for (int levels : new int[] {128, 256}) {
        Uint8Parameters q =
            Uint8Parameters.of(new ActivationRange(Math.min(a, b), Math.max(a, b)), levels);
        assertEquals(0, q.dequantize(q.quantize(0)));
        assertTrue(q.scale() > 0 && q.zeroPoint() >= 0 && q.zeroPoint() < levels);
        double half = q.scale() * 0.5000001;
        double high = Math.max(0, Math.max(a, b));
        // The zero point is rounded, which costs up to half a step at one end.
        assertEquals(high, q.dequantize(q.quantize(high)), 2 * half);
      }
    }
    assertEquals(0, Uint8Parameters.of(new ActivationRange(2, 6), 256).zeroPoint());
    assertEquals(255, Uint8Parameters.of(new ActivationRange(-6, -2), 256).zeroPoint());
    assertEquals(1f, Uint8Parameters.of(new ActivationRange(0, 0), 256).scale());
    assertTrue(
        Float.isFinite(
            Uint8Parameters.of(new ActivationRange(-Double.MAX_VALUE, Double.MAX_VALUE), 256)
                .scale()));
  }
}
