package io.compressor.pass.joint;

import io.compressor.solver.lowrank.Factors;
import io.compressor.statistics.Moments;
import java.util.Arrays;

/** What the second of two factors sees, from what the weight sees: nothing has to run for it. */
final class HiddenMoments {
  private HiddenMoments() {}

  /** Moments of V x from those of x: V (Σ x xᵀ) Vᵀ. */
  static Moments seenBy(Factors f, Moments m) {
    int n = m.size();
    int r = f.rank();
    double[] half = new double[r * n];
    for (int k = 0; k < r; k++) {
      for (int i = 0; i < n; i++) {
        double v = f.v()[k * n + i];
        for (int j = 0; j < n && v != 0; j++) {
          half[k * n + j] += v * m.products()[i * n + j];
        }
      }
    }
    double[] products = new double[r * r];
    double[] sums = new double[r];
    for (int k = 0; k < r; k++) {
      for (int l = 0; l <= k; l++) {
        double sum = 0;
        for (int j = 0; j < n; j++) {
          sum += half[k * n + j] * f.v()[l * n + j];
        }
        products[k * r + l] = sum;
        products[l * r + k] = sum;
      }
      for (int j = 0; j < n; j++) {
        sums[k] += m.sums()[j] * f.v()[k * n + j];
      }
    }
    return new Moments(1, r, products, sums, m.rows(), m.weight());
  }

  /** Moments of the first components. */
  static Moments head(Moments m, int size) {
    double[] products = new double[size * size];
    for (int k = 0; k < size; k++) {
      System.arraycopy(m.products(), k * m.size(), products, k * size, size);
    }
    return new Moments(1, size, products, Arrays.copyOf(m.sums(), size), m.rows(), m.weight());
  }
}
