package io.compressor.solver;

/**
 * target += Σ coefficient · row: the one inner loop of factorization, solver and error measure.
 * Four rows at a time, one target, separate arrays: the form that the JIT turns into vector code.
 * Products are added one after another from the last row to the first, so any split into blocks
 * gives the same bits.
 */
final class RowUpdate {
  /** Columns of a tile: four rows of it stay in the first-level cache. */
  static final int TILE = 384;

  private RowUpdate() {}

  /** target[lo … hi) += Σ k = count−1 … 0 of coefficients[from + k] · rows[first + k][lo … hi). */
  static void add(
      double[] target,
      double[] coefficients,
      int from,
      double[][] rows,
      int first,
      int count,
      int lo,
      int hi) {
    int k = count - 1;
    for (; k >= 3; k -= 4) {
      int c = from + k;
      int r = first + k;
      four(
          target,
          rows[r],
          rows[r - 1],
          rows[r - 2],
          rows[r - 3],
          lo,
          hi,
          coefficients[c],
          coefficients[c - 1],
          coefficients[c - 2],
          coefficients[c - 3]);
    }
    for (; k >= 0; k--) {
      one(target, rows[first + k], lo, hi, coefficients[from + k]);
    }
  }

  /** target[lo … hi) += c · row[lo … hi). */
  static void one(double[] target, double[] row, int lo, int hi, double c) {
    for (int j = lo; j < hi; j++) {
      target[j] += c * row[j];
    }
  }

  private static void four(
      double[] target,
      double[] r0,
      double[] r1,
      double[] r2,
      double[] r3,
      int lo,
      int hi,
      double c0,
      double c1,
      double c2,
      double c3) {
    for (int j = lo; j < hi; j++) {
      target[j] = target[j] + c0 * r0[j] + c1 * r1[j] + c2 * r2[j] + c3 * r3[j];
    }
  }

  /** As {@link #add(double[], double[], int, double[][], int, int, int, int)}, twice as fast. */
  static void add(
      float[] target,
      float[] coefficients,
      int from,
      float[][] rows,
      int first,
      int count,
      int lo,
      int hi) {
    int k = count - 1;
    for (; k >= 3; k -= 4) {
      int c = from + k;
      int r = first + k;
      four(
          target,
          rows[r],
          rows[r - 1],
          rows[r - 2],
          rows[r - 3],
          lo,
          hi,
          coefficients[c],
          coefficients[c - 1],
          coefficients[c - 2],
          coefficients[c - 3]);
    }
    for (; k >= 0; k--) {
      float[] row = rows[first + k];
      float c = coefficients[from + k];
      for (int j = lo; j < hi; j++) {
        target[j] += c * row[j];
      }
    }
  }

  private static void four(
      float[] target,
      float[] r0,
      float[] r1,
      float[] r2,
      float[] r3,
      int lo,
      int hi,
      float c0,
      float c1,
      float c2,
      float c3) {
    for (int j = lo; j < hi; j++) {
      target[j] = target[j] + c0 * r0[j] + c1 * r1[j] + c2 * r2[j] + c3 * r3[j];
    }
  }
}
