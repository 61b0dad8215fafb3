package io.compressor.solver;

/**
 * The mean output that quantization loses, Δb = (W − Q) · mean(x): add it to the bias and the layer
 * is right on average. Source: Nagel et al., "Data-Free Quantization Through Weight Equalization
 * and Bias Correction", arXiv 1906.04721, section 4.2 (empirical form).
 */
public final class BiasCorrection {
  private BiasCorrection() {}

  /**
   * @param w [rows × cols] row-major
   * @param q what replaces it, same shape
   * @param mean mean input, [cols]
   * @return Δb, [rows], in units of the output
   */
  public static double[] delta(float[] w, float[] q, double[] mean) {
    int cols = mean.length;
    if (cols == 0 || w.length != q.length || w.length % cols != 0) {
      throw new IllegalArgumentException(
          "expected two weights of rows x %d but got %d and %d values"
              .formatted(cols, w.length, q.length));
    }
    double[] delta = new double[w.length / cols];
    for (int row = 0, i = 0; row < delta.length; row++) {
      double sum = 0;
      for (int col = 0; col < cols; col++, i++) {
        sum += ((double) w[i] - q[i]) * mean[col];
      }
      delta[row] = sum;
    }
    return delta;
  }
}
