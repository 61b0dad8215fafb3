package io.compressor.solver.rotation;

import java.util.SplittableRandom;

/**
 * A random orthogonal matrix, uniform over all of them: Q of the QR factorization of a Gaussian
 * matrix, with the diagonal of R positive (Mezzadri 2007, section 5).
 */
final class HaarMatrix {
  private HaarMatrix() {}

  /** n × n, rows orthonormal; the same seed gives the same matrix. */
  static double[][] of(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] q = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        q[i][j] = random.nextGaussian();
      }
      // twice is enough for orthogonality to working precision (Kahan, Parlett)
      orthogonalize(q, i);
      normalize(q[i]);
      orthogonalize(q, i);
      normalize(q[i]);
    }
    return q;
  }

  private static void orthogonalize(double[][] q, int row) {
    for (int i = 0; i < row; i++) {
      double dot = 0;
      for (int j = 0; j < q.length; j++) {
        dot += q[row][j] * q[i][j];
      }
      for (int j = 0; j < q.length; j++) {
        q[row][j] -= dot * q[i][j];
      }
    }
  }

  private static void normalize(double[] v) {
    double sum = 0;
    for (double x : v) {
      sum += x * x;
    }
    double norm = Math.sqrt(sum);
    for (int j = 0; j < v.length; j++) {
      v[j] /= norm;
    }
  }
}
