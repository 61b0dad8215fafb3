package io.compressor.solver;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * GPTQ as its authors wrote it (fasterquant): invert, Cholesky of the inverse, column by column
 * with eager updates. Slow and literal: the oracle of {@link GptqSolver}.
 */
final class TextbookGptq {
  private TextbookGptq() {}

  static byte[] codes(
      float[] weight, Hessian hessian, Grid grid, double damping, boolean actOrder) {
    return codes(weight, hessian, grid, null, 0, damping, actOrder);
  }

  /** With {@code fitter}, grids of groups are fitted when reached ({@code grid} is overwritten). */
  static byte[] codes(
      float[] weight,
      Hessian hessian,
      Grid grid,
      GroupFit fitter,
      int group,
      double damping,
      boolean actOrder) {
    int n = hessian.size();
    int rows = grid.rows();
    double[][] h = new double[n][n];
    double live = 0;
    int count = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        h[i][j] = hessian.at(i, j);
      }
      live += h[i][i];
      count += h[i][i] == 0 ? 0 : 1;
    }
    double[][] w = new double[rows][n];
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < n; j++) {
        w[r][j] = h[j][j] == 0 ? 0 : weight[r * n + j];
      }
    }
    Integer[] perm = IntStream.range(0, n).boxed().toArray(Integer[]::new);
    if (actOrder) {
      Arrays.sort(perm, Comparator.comparingDouble((Integer j) -> -h[j][j]));
    }
    double mean = live / count;
    double[][] damped = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        damped[i][j] = h[perm[i]][perm[j]];
      }
      damped[i][i] += damping * mean + (h[perm[i]][perm[i]] == 0 ? mean : 0);
    }
    double[][] lower = cholesky(inverse(damped));
    byte[] codes = new byte[weight.length];
    for (int r = 0; r < rows; r++) {
      double[] v = new double[n];
      for (int j = 0; j < n; j++) {
        v[j] = w[r][perm[j]];
      }
      for (int j = 0; j < n; j++) {
        if (fitter != null && j % group == 0) {
          UniformGrid uniform = (UniformGrid) grid;
          fitter.fit(v, j, Math.min(n, j + group), null, j);
          uniform.scales()[r * uniform.groups() + j / group] = fitter.scale();
          uniform.zeros()[r * uniform.groups() + j / group] = (byte) fitter.zero();
        }
        int code = grid.encode(r, perm[j], v[j]);
        codes[r * n + perm[j]] = (byte) code;
        double e = (v[j] - grid.decode(r, perm[j], code)) / lower[j][j];
        for (int k = j; k < n; k++) {
          v[k] -= e * lower[k][j]; // U = lowerᵀ
        }
      }
    }
    return codes;
  }

  /** a = L Lᵀ, the three loops of a lecture. */
  static double[][] cholesky(double[][] a) {
    int n = a.length;
    double[][] l = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = a[i][j];
        for (int k = 0; k < j; k++) {
          sum -= l[i][k] * l[j][k];
        }
        l[i][j] = i == j ? Math.sqrt(sum) : sum / l[j][j];
      }
    }
    return l;
  }

  /** Gauss-Jordan; fit for well-conditioned symmetric matrices. */
  static double[][] inverse(double[][] matrix) {
    int n = matrix.length;
    double[][] a = new double[n][2 * n];
    for (int i = 0; i < n; i++) {
      System.arraycopy(matrix[i], 0, a[i], 0, n);
      a[i][n + i] = 1;
    }
    for (int p = 0; p < n; p++) {
      double pivot = a[p][p];
      for (int j = 0; j < 2 * n; j++) {
        a[p][j] /= pivot;
      }
      for (int i = 0; i < n; i++) {
        double f = a[i][p];
        if (i != p && f != 0) {
          for (int j = 0; j < 2 * n; j++) {
            a[i][j] -= f * a[p][j];
          }
        }
      }
    }
    double[][] inverse = new double[n][];
    for (int i = 0; i < n; i++) {
      inverse[i] = Arrays.copyOfRange(a[i], n, 2 * n);
    }
    return inverse;
  }
}
