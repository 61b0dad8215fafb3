package io.compressor.solver;

/**
 * The second moment of a layer's inputs, H = (c/N) Σ x xᵀ over the calibration rows, x [size]. The
 * factor c does not matter to GPTQ. Only the lower triangle (row ≥ column) is read.
 *
 * @param size inputs of the layer
 * @param values [size × size] row-major
 * @param rows how many rows x went in
 */
public record Hessian(int size, double[] values, long rows) {
  public Hessian {
    if (size < 1 || (long) size * size != values.length) {
      throw new IllegalArgumentException(
          "expected %d x %d Hessian but got %d values".formatted(size, size, values.length));
    }
    if (rows < 0) {
      throw new IllegalArgumentException("rows must be >= 0 but was " + rows);
    }
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "Hessian at row %d, column %d is %s".formatted(i / size, i % size, values[i]));
      }
    }
  }

  /** From the float matrix that a session returns. */
  public static Hessian of(int size, float[] values, long rows) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return new Hessian(size, wide, rows);
  }

  /** H[row, col] from the lower triangle. */
  public double at(int row, int col) {
    return row >= col ? values[row * size + col] : values[col * size + row];
  }

  /** [size]: the mean square of each input, times c. */
  public double[] diagonal() {
    double[] d = new double[size];
    for (int i = 0; i < size; i++) {
      d[i] = values[i * size + i];
    }
    return d;
  }
}
