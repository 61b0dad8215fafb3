package io.compressor.solver.rotation;

import java.util.SplittableRandom;

/**
 * Q = L ⊗ R with small dense factors, for rotations that a graph has to compute while it runs: two
 * products with L [p, p] and R [q, q] instead of one with [n, n]. R is a Hadamard matrix with
 * random signs; L is one times a random orthogonal matrix for the odd part of n.
 */
public final class KroneckerRotation implements OrthogonalMatrix {
  private final double[][] left;
  private final double[][] right;

  private KroneckerRotation(double[][] left, double[][] right) {
    this.left = left;
    this.right = right;
  }

  /**
   * The matrix of a size and a seed; p and q as close as the powers of two in n allow.
   *
   * @throws IllegalArgumentException when {@code n} is not positive
   */
  public static KroneckerRotation of(int n, long seed) {
    if (n < 1) {
      throw new IllegalArgumentException("expected a positive size but got " + n);
    }
    SplittableRandom random = new SplittableRandom(seed);
    int q = 1;
    while (n % (2 * q) == 0 && (long) q * q < n) {
      q *= 2;
    }
    return new KroneckerRotation(
        dense(RandomHadamard.of(n / q, random.nextLong())),
        dense(RandomHadamard.of(q, random.nextLong())));
  }

  /** L [p, p]; a fresh copy. */
  public double[][] left() {
    return copy(left);
  }

  /** R [q, q]; a fresh copy. */
  public double[][] right() {
    return copy(right);
  }

  @Override
  public int size() {
    return left.length * right.length;
  }

  @Override
  public String shape() {
    return left.length + " x " + right.length;
  }

  /** With V [p, q] the vector's rows: V ← Lᵀ V R. */
  @Override
  public void apply(double[] values, int from) {
    int p = left.length;
    int q = right.length;
    double[] half = new double[p * q];
    for (int i = 0; i < p; i++) {
      for (int k = 0; k < q; k++) {
        double v = values[from + i * q + k];
        for (int j = 0; j < q; j++) {
          half[i * q + j] += v * right[k][j];
        }
      }
    }
    java.util.Arrays.fill(values, from, from + p * q, 0);
    for (int k = 0; k < p; k++) {
      for (int i = 0; i < p; i++) {
        double l = left[k][i];
        for (int j = 0; j < q; j++) {
          values[from + i * q + j] += l * half[k * q + j];
        }
      }
    }
  }

  private static double[][] dense(OrthogonalMatrix matrix) {
    double[][] rows = new double[matrix.size()][matrix.size()];
    for (int i = 0; i < rows.length; i++) {
      rows[i][i] = 1;
      matrix.apply(rows[i], 0);
    }
    return rows;
  }

  private static double[][] copy(double[][] m) {
    double[][] c = new double[m.length][];
    for (int i = 0; i < m.length; i++) {
      c[i] = m[i].clone();
    }
    return c;
  }
}
