package io.compressor.pass.quantize;

import io.compressor.graph.Site;
import java.util.List;

/**
 * One vector s for all sites that read the same value, so that they can share one division and one
 * dynamic quantization: s_j = max|x_j|^α / max|w_j|^(1−α), scaled to geometric mean 1.
 *
 * <p>Source: Xiao et al., SmoothQuant (arXiv 2211.10438), equation 4. There s is folded into the
 * layer before; here the division is a node of its own, because a residual reads the same value.
 */
final class Smoothing {
  /** Keeps a channel that was silent on the data from blowing up the others. */
  private static final double SMALLEST = 1e-3;

  private Smoothing() {}

  /**
   * @param absMax largest magnitude of each input channel [in]
   * @param sites all with the same number of inputs
   */
  static float[] vector(double[] absMax, List<Site> sites, double alpha) {
    int n = absMax.length;
    double[] weightMax = new double[n];
    for (Site site : sites) {
      float[] w = site.weightMatrix();
      for (int i = 0; i < w.length; i++) {
        weightMax[i % n] = Math.max(weightMax[i % n], Math.abs(w[i]));
      }
    }
    double[] logs = new double[n];
    double mean = 0;
    for (int j = 0; j < n; j++) {
      double x = Math.max(absMax[j], 1e-5);
      double w = Math.max(weightMax[j], 1e-5);
      logs[j] = alpha * Math.log(x) - (1 - alpha) * Math.log(w);
      mean += logs[j] / n;
    }
    float[] s = new float[n];
    for (int j = 0; j < n; j++) {
      s[j] = (float) Math.max(SMALLEST, Math.exp(logs[j] - mean));
    }
    return s;
  }
}
