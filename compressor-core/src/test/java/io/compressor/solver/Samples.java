package io.compressor.solver;

import java.util.SplittableRandom;

/** Random weights and inputs for the solver tests; everything from one seed. */
final class Samples {
  /** How the columns of the inputs hang together. */
  enum Inputs {
    WHITE,
    CORRELATED,
    LOW_RANK,
    OUTLIERS
  }

  private Samples() {}

  static float[] gaussian(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] w = new float[count];
    for (int i = 0; i < count; i++) {
      w[i] = (float) random.nextGaussian();
    }
    return w;
  }

  /** Student t with {@code degrees} degrees of freedom: heavy tails. */
  static float[] studentT(int count, int degrees, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] w = new float[count];
    for (int i = 0; i < count; i++) {
      double chi = 0;
      for (int d = 0; d < degrees; d++) {
        double g = random.nextGaussian();
        chi += g * g;
      }
      w[i] = (float) (random.nextGaussian() / Math.sqrt(chi / degrees));
    }
    return w;
  }

  /** X [rows × cols] row-major. */
  static double[] inputs(Inputs kind, int rows, int cols, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int rank = kind == Inputs.LOW_RANK ? Math.max(1, cols / 8) : cols;
    double[] mix = new double[rank * cols];
    for (int i = 0; i < mix.length; i++) {
      mix[i] = random.nextGaussian() / Math.sqrt(rank);
    }
    double[] x = new double[rows * cols];
    double[] z = new double[rank];
    for (int r = 0; r < rows; r++) {
      for (int k = 0; k < rank; k++) {
        z[k] = random.nextGaussian();
      }
      for (int c = 0; c < cols; c++) {
        double v = kind == Inputs.LOW_RANK ? 0.05 * random.nextGaussian() : 0;
        if (kind == Inputs.WHITE) {
          v = z[c];
        } else {
          for (int k = 0; k < rank; k++) {
            v += z[k] * mix[k * cols + c];
          }
        }
        x[r * cols + c] = kind == Inputs.OUTLIERS && c % 16 == 3 ? 20 * v : v;
      }
    }
    return x;
  }

  /** (1/rows) Σ x xᵀ. */
  static Hessian hessian(double[] x, int rows, int cols) {
    double[] h = new double[cols * cols];
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < cols; i++) {
        double v = x[r * cols + i] / rows;
        for (int j = 0; j < cols; j++) {
          h[i * cols + j] += v * x[r * cols + j];
        }
      }
    }
    return new Hessian(cols, h, rows);
  }

  static Hessian hessian(Inputs kind, int rows, int cols, long seed) {
    return hessian(inputs(kind, rows, cols, seed), rows, cols);
  }

  /** tr(D H Dᵀ) by definition. */
  static double error(float[] w, float[] q, Hessian h) {
    int n = h.size();
    double sum = 0;
    for (int row = 0; row < w.length / n; row++) {
      for (int i = 0; i < n; i++) {
        double di = (double) w[row * n + i] - q[row * n + i];
        for (int j = 0; j < n; j++) {
          sum += di * h.at(i, j) * ((double) w[row * n + j] - q[row * n + j]);
        }
      }
    }
    return sum;
  }

  static Hessian scaled(Hessian h, double c) {
    double[] values = h.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] *= c;
    }
    return new Hessian(h.size(), values, h.rows());
  }

  /** H with input {@code column} never active. */
  static Hessian withDead(Hessian h, int column) {
    double[] values = h.values().clone();
    for (int i = 0; i < h.size(); i++) {
      values[i * h.size() + column] = 0;
      values[column * h.size() + i] = 0;
    }
    return new Hessian(h.size(), values, h.rows());
  }
}
