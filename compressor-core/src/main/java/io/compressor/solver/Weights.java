package io.compressor.solver;

/** Checks at the door of every solver: shape and finiteness of W [rows × cols] row-major. */
final class Weights {
  private Weights() {}

  /**
   * @throws IllegalArgumentException naming the shape, or row and column of the first bad entry
   */
  static void require(float[] w, int rows, int cols) {
    if (rows < 1 || cols < 1 || (long) rows * cols != w.length) {
      throw new IllegalArgumentException(
          "expected %d x %d weights but got %d values".formatted(rows, cols, w.length));
    }
    for (int i = 0; i < w.length; i++) {
      if (!Float.isFinite(w[i])) {
        throw new IllegalArgumentException(
            "weight at row %d, column %d is %s".formatted(i / cols, i % cols, w[i]));
      }
    }
  }

  /** Column weights, such as a Hessian diagonal: one for each column, finite, not negative. */
  static void requireColumns(double[] columns, int cols) {
    if (columns.length != cols) {
      throw new IllegalArgumentException(
          "expected %d column weights but got %d".formatted(cols, columns.length));
    }
    for (int j = 0; j < cols; j++) {
      if (!(columns[j] >= 0) || Double.isInfinite(columns[j])) {
        throw new IllegalArgumentException(
            "weight of column %d is %s but must be finite and >= 0".formatted(j, columns[j]));
      }
    }
  }
}
