package io.compressor.solver.prune;

/**
 * F⁻¹ of one block of weights, F = λI + (1/m) Σ g gᵀ over m gradients, by one rank-1 step for each
 * (Sherman and Morrison), in double precision.
 *
 * <p>Source: Frantar, Kurtic and Alistarh, M-FAC (NeurIPS 2021), static form in blocks.
 */
public final class InverseFisher {
  private final int size;
  private final double[] inverse;

  /**
   * @param size weights in the block
   * @param lambda damping, positive
   */
  public InverseFisher(int size, double lambda) {
    if (!(lambda > 0)) {
      throw new IllegalArgumentException("damping " + lambda + " is not positive");
    }
    this.size = size;
    this.inverse = new double[size * size];
    for (int i = 0; i < size; i++) {
      inverse[i * size + i] = 1 / lambda;
    }
  }

  /**
   * Adds one of {@code count} gradients.
   *
   * @param gradient [size]
   */
  public void add(double[] gradient, int count) {
    double[] h = times(gradient);
    double length = count;
    for (int i = 0; i < size; i++) {
      length += gradient[i] * h[i];
    }
    subtract(h, 1 / length);
  }

  /** F⁻¹ x. */
  public double[] times(double[] x) {
    double[] y = new double[size];
    for (int i = 0; i < size; i++) {
      double sum = 0;
      for (int j = 0; j < size; j++) {
        sum += inverse[i * size + j] * x[j];
      }
      y[i] = sum;
    }
    return y;
  }

  /** [F⁻¹]_kk, never below the least positive number. */
  public double diagonal(int k) {
    return Math.max(Double.MIN_NORMAL, inverse[k * size + k]);
  }

  /** What the quadratic model loses when weight k goes and the others make up for it. */
  public double loss(double[] w, int k) {
    return w[k] * w[k] / (2 * diagonal(k));
  }

  /**
   * Takes weight k out: the others make up for it (OBS), and F⁻¹ is from now on that of the others
   * alone.
   *
   * @param w [size], changed; w[k] becomes exactly 0
   */
  public void eliminate(double[] w, int k) {
    double[] column = new double[size];
    for (int i = 0; i < size; i++) {
      column[i] = inverse[i * size + k];
    }
    double pivot = diagonal(k);
    double step = w[k] / pivot;
    for (int i = 0; i < size; i++) {
      w[i] -= step * column[i];
    }
    w[k] = 0;
    subtract(column, 1 / pivot);
    for (int i = 0; i < size; i++) {
      inverse[i * size + k] = 0;
      inverse[k * size + i] = 0;
    }
  }

  /** F⁻¹ −= factor · h hᵀ. */
  private void subtract(double[] h, double factor) {
    for (int i = 0; i < size; i++) {
      double by = h[i] * factor;
      if (by != 0) {
        int row = i * size;
        for (int j = 0; j < size; j++) {
          inverse[row + j] -= by * h[j];
        }
      }
    }
  }
}
