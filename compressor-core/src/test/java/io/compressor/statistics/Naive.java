package io.compressor.statistics;

import java.util.Arrays;

/** The statistics by their definitions, in plain loops. */
final class Naive {
  private Naive() {}

  /** Σ x xᵀ over rows [rows × n]. */
  static double[] products(double[][] rows, int n) {
    double[] h = new double[n * n];
    for (double[] x : rows) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          h[i * n + j] += x[i] * x[j];
        }
      }
    }
    return h;
  }

  /** Rows of a row-major tensor whose last axis has n elements. */
  static double[][] rows(float[] values, int n) {
    double[][] rows = new double[values.length / n][n];
    for (int i = 0; i < values.length; i++) {
      rows[i / n][i % n] = values[i];
    }
    return rows;
  }

  /**
   * What a 2-d convolution's group reads at each output position of one image [channels × h × w].
   *
   * @param geometry kernel h, w; stride h, w; pads top, left, bottom, right; dilation h, w
   */
  static double[][] patches(
      float[] image, int channels, int h, int w, int[] geometry, int[] group) {
    int[] g = geometry;
    int oh = (h + g[4] + g[6] - (g[0] - 1) * g[8] - 1) / g[2] + 1;
    int ow = (w + g[5] + g[7] - (g[1] - 1) * g[9] - 1) / g[3] + 1;
    int per = channels / group[1];
    double[][] rows = new double[oh * ow][per * g[0] * g[1]];
    for (int y = 0; y < oh; y++) {
      for (int x = 0; x < ow; x++) {
        for (int c = 0; c < per; c++) {
          for (int ky = 0; ky < g[0]; ky++) {
            for (int kx = 0; kx < g[1]; kx++) {
              int iy = y * g[2] - g[4] + ky * g[8];
              int ix = x * g[3] - g[5] + kx * g[9];
              boolean inside = iy >= 0 && iy < h && ix >= 0 && ix < w;
              int channel = group[0] * per + c;
              rows[y * ow + x][(c * g[0] + ky) * g[1] + kx] =
                  inside ? image[(channel * h + iy) * w + ix] : 0;
            }
          }
        }
      }
    }
    return rows;
  }

  static double[][] concat(double[][] a, double[][] b) {
    double[][] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
