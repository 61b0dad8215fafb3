package io.compressor.evaluate;

import org.ojalgo.matrix.decomposition.Cholesky;
import org.ojalgo.matrix.store.MatrixStore;
import org.ojalgo.matrix.store.R064Store;

/**
 * A linear classifier on fixed features, in closed form: least squares of one-hot classes with a
 * ridge, W = (XᵀX + λI)⁻¹ XᵀY on centred X [n,d] and Y [n,k].
 *
 * <p>λ is {@value #RIDGE} times the mean eigenvalue of XᵀX (its trace / d), so the answer does not
 * depend on the scale of the features. When n < d the equal form Xᵀ(XXᵀ + λI)⁻¹Y is used.
 *
 * @param weights [k][d]
 * @param bias [k]
 */
public record RidgeProbe(double[][] weights, double[] bias) {
  public static final double RIDGE = 0.1;

  /**
   * @param x n vectors of length d
   * @param y class of each, 0 to k - 1
   * @param classes k
   */
  public static RidgeProbe train(float[][] x, int[] y, int classes) {
    double[] middle = mean(x);
    double[][] centred = centred(x, middle);
    double[] share = new double[classes];
    for (int label : y) {
      share[label] += 1.0 / y.length;
    }
    double[][] weights =
        x.length < middle.length
            ? dual(centred, y, share)
            : primal(centred, y, share, middle.length);
    double[] bias = share.clone();
    for (int c = 0; c < classes; c++) {
      for (int i = 0; i < middle.length; i++) {
        bias[c] -= weights[c][i] * middle[i];
      }
    }
    return new RidgeProbe(weights, bias);
  }

  /** The class with the largest response, the first of equals; -1 when a feature is NaN. */
  public int classify(float[] x) {
    int best = 0;
    double bestResponse = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < bias.length; c++) {
      double response = bias[c];
      for (int i = 0; i < x.length; i++) {
        response += weights[c][i] * x[i];
      }
      if (Double.isNaN(response)) {
        return -1;
      }
      if (response > bestResponse) {
        best = c;
        bestResponse = response;
      }
    }
    return best;
  }

  private static double[][] primal(double[][] x, int[] y, double[] share, int d) {
    R064Store gram = R064Store.FACTORY.make(d, d);
    R064Store right = R064Store.FACTORY.make(d, share.length);
    double[] sums = new double[d * d];
    for (int n = 0; n < x.length; n++) {
      double[] row = x[n];
      for (int i = 0; i < d; i++) {
        double v = row[i];
        for (int j = i; j < d; j++) {
          sums[i * d + j] += v * row[j];
        }
        for (int c = 0; c < share.length; c++) {
          right.add(i, c, v * target(y[n], c, share));
        }
      }
    }
    for (int i = 0; i < d; i++) {
      for (int j = i; j < d; j++) {
        gram.set(i, j, sums[i * d + j]);
        gram.set(j, i, sums[i * d + j]);
      }
    }
    MatrixStore<Double> solved = solve(gram, trace(gram) / d, right);
    double[][] weights = new double[share.length][d];
    for (int c = 0; c < share.length; c++) {
      for (int i = 0; i < d; i++) {
        weights[c][i] = solved.doubleValue(i, c);
      }
    }
    return weights;
  }

  private static double[][] dual(double[][] x, int[] y, double[] share) {
    int n = x.length;
    int d = x[0].length;
    R064Store gram = R064Store.FACTORY.make(n, n);
    R064Store right = R064Store.FACTORY.make(n, share.length);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double dot = dot(x[i], x[j]);
        gram.set(i, j, dot);
        gram.set(j, i, dot);
      }
      for (int c = 0; c < share.length; c++) {
        right.set(i, c, target(y[i], c, share));
      }
    }
    MatrixStore<Double> solved = solve(gram, trace(gram) / d, right);
    double[][] weights = new double[share.length][d];
    for (int c = 0; c < share.length; c++) {
      for (int s = 0; s < n; s++) {
        double a = solved.doubleValue(s, c);
        for (int i = 0; i < d; i++) {
          weights[c][i] += a * x[s][i];
        }
      }
    }
    return weights;
  }

  private static MatrixStore<Double> solve(R064Store gram, double meanEigenvalue, R064Store right) {
    double ridge = meanEigenvalue > 0 ? RIDGE * meanEigenvalue : 1;
    for (int i = 0; i < gram.countRows(); i++) {
      gram.add(i, i, ridge);
    }
    Cholesky<Double> cholesky = Cholesky.R064.make(gram);
    cholesky.decompose(gram);
    return cholesky.getSolution(right);
  }

  private static double target(int label, int c, double[] share) {
    return (label == c ? 1 : 0) - share[c];
  }

  private static double trace(R064Store square) {
    double sum = 0;
    for (int i = 0; i < square.countRows(); i++) {
      sum += square.doubleValue(i, i);
    }
    return sum;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double[] mean(float[][] x) {
    double[] mean = new double[x[0].length];
    for (float[] row : x) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += row[i];
      }
    }
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= x.length;
    }
    return mean;
  }

  private static double[][] centred(float[][] x, double[] middle) {
    double[][] centred = new double[x.length][middle.length];
    for (int n = 0; n < x.length; n++) {
      for (int i = 0; i < middle.length; i++) {
        centred[n][i] = x[n][i] - middle[i];
      }
    }
    return centred;
  }
}
