package io.compressor.solver.activation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.solver.activation.SmoothScales.Shift;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SmoothScalesTest {
  private static final int ROWS = 400;
  private static final int IN = 64;
  private static final int OUT = 48;

  private static float[] weights(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] w = new float[OUT * IN];
    for (int i = 0; i < w.length; i++) {
      w[i] = (float) random.nextGaussian();
    }
    return w;
  }

  /** Two channels are {@code size} times as large; others have {@code offset} times their size. */
  private static double[] inputs(double size, double offset) {
    SplittableRandom random = new SplittableRandom(3);
    double[] x = new double[ROWS * IN];
    for (int i = 0; i < x.length; i++) {
      int j = i % IN;
      double scale = j == 5 || j == 40 ? size : 1;
      x[i] = random.nextGaussian() * scale + (j % 2 == 0 ? offset : -offset);
    }
    return x;
  }

  private static InputChannels channels(double[] x) {
    double[] min = new double[IN];
    double[] max = new double[IN];
    double[] mean = new double[IN];
    double[] square = new double[IN];
    Arrays.fill(min, Double.POSITIVE_INFINITY);
    Arrays.fill(max, Double.NEGATIVE_INFINITY);
    for (int i = 0; i < x.length; i++) {
      int j = i % IN;
      min[j] = Math.min(min[j], x[i]);
      max[j] = Math.max(max[j], x[i]);
      mean[j] += x[i] / ROWS;
      square[j] += x[i] * x[i] / ROWS;
    }
    return new InputChannels(min, max, mean, square);
  }

  /** Mean square output error of the dynamic int8 product, by doing it. */
  private static double measured(float[] w, double[] x, double[] scale, double[] shift) {
    double low = 0;
    double high = 0;
    double[] z = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      z[i] = (x[i] - shift[i % IN]) / scale[i % IN];
      low = Math.min(low, z[i]);
      high = Math.max(high, z[i]);
    }
    Uint8Parameters q = Uint8Parameters.of(new ActivationRange(low, high), 256);
    double sum = 0;
    for (int o = 0; o < OUT; o++) {
      double most = 0;
      for (int j = 0; j < IN; j++) {
        most = Math.max(most, Math.abs(w[o * IN + j]) * scale[j]);
      }
      double step = most / 127;
      for (int r = 0; r < ROWS; r++) {
        double error = 0;
        for (int j = 0; j < IN; j++) {
          double v = w[o * IN + j] * scale[j];
          double a = z[r * IN + j];
          error += Math.rint(v / step) * step * q.dequantize(q.quantize(a)) - v * a;
        }
        sum += error * error / ROWS;
      }
    }
    return sum;
  }

  @Test
  void outlierChannelsGetLargeScalesAndTheRealErrorFallsAsPredicted() {
    float[] w = weights(1);
    double[] x = inputs(30, 0);
    Smoothing s = SmoothScales.search(List.of(w), channels(x), Shift.NONE);
    assertTrue(s.scale()[5] > 3 * s.scale()[6] && s.scale()[40] > 3 * s.scale()[41]);
    assertTrue(s.gain() > 0.5, "gain " + s.gain());
    double[] ones = new double[IN];
    Arrays.fill(ones, 1);
    double before = measured(w, x, ones, s.shift());
    double after = measured(w, x, s.scale(), s.shift());
    // The model ignores that roundings of a row share inputs: within a fifth is good.
    assertEquals(s.before().total(), before, 0.2 * before);
    assertEquals(s.after().total(), after, 0.2 * after);
  }

  @Test
  void theResultIsNeverPredictedWorseThanNothing() {
    for (double size : new double[] {1, 0.01, 3, 100}) {
      Smoothing s =
          SmoothScales.search(
              List.of(weights(2), weights(3)), channels(inputs(size, 1)), Shift.MIDRANGE);
      assertTrue(s.after().total() <= s.before().total());
      assertTrue(s.gain() >= 0);
      for (double v : s.scale()) {
        assertTrue(v > 0 && Double.isFinite(v));
      }
    }
  }

  @Test
  void shiftingChannelsThatLieOnOneSideHelpsForReal() {
    float[] w = weights(4);
    double[] x = inputs(1, 20);
    InputChannels channels = channels(x);
    Smoothing plain = SmoothScales.search(List.of(w), channels, Shift.NONE);
    Smoothing shifted = SmoothScales.search(List.of(w), channels, Shift.MIDRANGE);
    assertArrayEquals(new double[IN], plain.shift());
    assertTrue(shifted.after().total() < 0.1 * plain.after().total());
    double before = measured(w, x, plain.scale(), plain.shift());
    double after = measured(w, x, shifted.scale(), shifted.shift());
    assertTrue(after < 0.1 * before, after + " vs " + before);
  }

  @Test
  void aCommonFactorChangesNothing() {
    float[] w = weights(5);
    InputChannels channels = channels(inputs(10, 0));
    double[] s = SmoothScales.search(List.of(w), channels, Shift.NONE).scale();
    double[] twice = Arrays.stream(s).map(v -> 2 * v).toArray();
    double a = SmoothScales.noise(List.of(w), channels, s).total();
    double b = SmoothScales.noise(List.of(w), channels, twice).total();
    assertEquals(a, b, 1e-12 * a);
  }

  @Test
  void silentAndUnreadChannelsDoNotStandInTheWay() {
    float[] w = weights(6);
    double[] x = inputs(1, 0);
    for (int i = 0; i < x.length; i++) {
      x[i] = i % IN == 7 ? 0 : i % IN == 9 ? x[i] * 500 : x[i];
    }
    for (int o = 0; o < OUT; o++) {
      w[o * IN + 9] = 0; // huge, but nobody reads it
    }
    Smoothing s = SmoothScales.search(List.of(w), channels(x), Shift.NONE);
    assertEquals(1, s.scale()[7]);
    assertTrue(s.gain() > 0.99, "gain " + s.gain());
  }

  @Test
  void badInputIsRefused() {
    InputChannels channels = channels(inputs(1, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> SmoothScales.search(List.of(new float[IN + 1]), channels, Shift.NONE));
    float[] w = weights(1);
    w[3] = Float.NaN;
    assertThrows(
        IllegalArgumentException.class,
        () -> SmoothScales.search(List.of(w), channels, Shift.NONE));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new InputChannels(
                new double[] {0}, new double[] {1}, new double[] {0}, new double[] {-1}));
  }
}
