package io.compressor.solver.activation;

import java.util.Arrays;
import java.util.List;

/**
 * Channel scales for layers whose input is quantized dynamically, one range for the whole tensor: a
 * few channels with outliers set the step for all. Dividing each channel by s_j = max|x_j|^α /
 * max|w_j|^(1−α) moves part of the spread into the weights.
 *
 * <p>Source: Xiao et al., SmoothQuant (arXiv 2211.10438), equation 4; α is searched, as its section
 * 5 advises, but by a noise model instead of by evaluation. Model (ours): with step Δ = (max −
 * min)/255 over all scaled channels and 0, and δ_r = max_j|w_rj s_j|/127 for each output row,
 *
 * <pre>
 *   activation noise = Δ²/12 · Σ_j s_j² Σ_r w_rj²      weight noise = Σ_r δ_r²/12 · Σ_j E[x_j²]/s_j²
 * </pre>
 *
 * Scaling all s_j together changes neither. Outlier suppression by shifting each channel to the
 * middle of its range follows Outlier Suppression+ (Wei et al., arXiv 2304.09145).
 */
public final class SmoothScales {
  /** Whether channels may be shifted as well. */
  public enum Shift {
    NONE,
    /** By (max + min) / 2 of each channel, if the model says that it helps. */
    MIDRANGE
  }

  private static final int ALPHAS = 20;
  private static final double WIDEST = 1000;

  private final List<float[]> weights;
  private final int cols;
  private final double[] columnMax;
  private final double[] columnSquare;

  private SmoothScales(List<float[]> weights, int cols) {
    this.weights = weights;
    this.cols = cols;
    columnMax = new double[cols];
    columnSquare = new double[cols];
    for (float[] w : weights) {
      if (w.length % cols != 0) {
        throw new IllegalArgumentException(
            "expected rows of %d weights but got %d values".formatted(cols, w.length));
      }
      for (int i = 0; i < w.length; i++) {
        if (!Float.isFinite(w[i])) {
          throw new IllegalArgumentException(
              "weight at row %d, column %d is %s".formatted(i / cols, i % cols, w[i]));
        }
        int j = i % cols;
        columnMax[j] = Math.max(columnMax[j], Math.abs(w[i]));
        columnSquare[j] += (double) w[i] * w[i];
      }
    }
  }

  /**
   * The best of no scaling and α = 0, 0.05, … 1.
   *
   * @param weights of all layers that read x, each [rows × channels] row-major
   */
  public static Smoothing search(List<float[]> weights, InputChannels x, Shift shift) {
    return new SmoothScales(weights, x.channels()).run(x, shift);
  }

  /**
   * Scales of one α.
   *
   * @param alpha in [0, 1]: how much of the spread of x moves into the weights
   */
  public static Smoothing at(List<float[]> weights, InputChannels x, double alpha) {
    SmoothScales scales = new SmoothScales(weights, x.channels());
    double[] none = new double[scales.cols];
    double[] ones = new double[scales.cols];
    Arrays.fill(ones, 1);
    double[] s = scales.scales(x, alpha);
    return new Smoothing(s, none, alpha, scales.noise(x, ones), scales.noise(x, s));
  }

  /** The noise of given scales, without shift. */
  public static QuantizationNoise noise(List<float[]> weights, InputChannels x, double[] scale) {
    return new SmoothScales(weights, x.channels()).noise(x, scale);
  }

  private Smoothing run(InputChannels x, Shift shift) {
    double[] ones = new double[cols];
    Arrays.fill(ones, 1);
    double[] none = new double[cols];
    QuantizationNoise before = noise(x, ones);
    Smoothing best = search(x, none, new Smoothing(ones, none, 0, before, before));
    if (shift == Shift.MIDRANGE) {
      double[] middle = new double[cols];
      for (int j = 0; j < cols; j++) {
        middle[j] = x.min()[j] / 2 + x.max()[j] / 2;
      }
      InputChannels moved = x.shifted(middle);
      QuantizationNoise plain = noise(moved, ones);
      if (plain.total() < best.after().total()) {
        best = new Smoothing(ones, middle, 0, before, plain);
      }
      best = search(moved, middle, best);
    }
    return best;
  }

  private Smoothing search(InputChannels x, double[] shift, Smoothing start) {
    Smoothing best = start;
    for (int i = 0; i <= ALPHAS; i++) {
      double alpha = (double) i / ALPHAS;
      double[] scale = scales(x, alpha);
      QuantizationNoise noise = noise(x, scale);
      if (noise.total() < best.after().total()) {
        best = new Smoothing(scale, shift, alpha, start.before(), noise);
      }
    }
    return best;
  }

  /**
   * Equation 4, geometric mean 1 over the channels that matter. A channel that nobody reads is made
   * small; one that was silent keeps scale 1, for data may yet use it.
   */
  private double[] scales(InputChannels x, double alpha) {
    double[] log = new double[cols];
    double sum = 0;
    int live = 0;
    for (int j = 0; j < cols; j++) {
      double a = Math.max(Math.abs(x.min()[j]), Math.abs(x.max()[j]));
      if (a > 0 && columnMax[j] > 0) {
        log[j] = alpha * Math.log(a) - (1 - alpha) * Math.log(columnMax[j]);
        sum += log[j];
        live++;
      } else {
        log[j] = Double.NaN;
      }
    }
    double mean = live == 0 ? 0 : sum / live;
    double[] scale = new double[cols];
    for (int j = 0; j < cols; j++) {
      double idle = columnMax[j] > 0 ? 1 : WIDEST;
      double s = Double.isNaN(log[j]) ? idle : Math.exp(log[j] - mean);
      scale[j] = Math.max(1 / WIDEST, Math.min(WIDEST, s));
    }
    return scale;
  }

  private QuantizationNoise noise(InputChannels x, double[] s) {
    double low = 0;
    double high = 0;
    double columns = 0;
    double inputs = 0;
    for (int j = 0; j < cols; j++) {
      low = Math.min(low, x.min()[j] / s[j]);
      high = Math.max(high, x.max()[j] / s[j]);
      columns += s[j] * s[j] * columnSquare[j];
      inputs += x.meanSquare()[j] / (s[j] * s[j]);
    }
    double step = (high - low) / 255;
    double rows = 0;
    for (float[] w : weights) {
      for (int start = 0; start < w.length; start += cols) {
        double most = 0;
        for (int j = 0; j < cols; j++) {
          most = Math.max(most, Math.abs(w[start + j]) * s[j]);
        }
        rows += most * most;
      }
    }
    return new QuantizationNoise(step * step / 12 * columns, rows / (127.0 * 127) / 12 * inputs);
  }
}
