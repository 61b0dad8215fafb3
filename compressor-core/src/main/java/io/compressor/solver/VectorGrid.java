package io.compressor.solver;

/**
 * Levels that {@code length} consecutive inputs of a row choose together:
 *
 * <pre>
 *   w[r, c] = rowScale[r] · codewords[code of vector c / length][c mod length]
 * </pre>
 *
 * <p>Where codes of all weights are wanted, as in {@link QuantizedWeight}, those of one vector are
 * equal; {@link #chosen} and {@link #spread} go from one form to the other. The last vector of a
 * row may be short: the rest of its codeword is not used.
 */
public final class VectorGrid implements Grid {
  private final int rows;
  private final int cols;
  private final VectorCodebook table;
  private final float[] rowScales;

  /**
   * @param rowScales [rows], finite, not 0
   */
  public VectorGrid(int rows, int cols, VectorCodebook table, float[] rowScales) {
    if (rows < 1 || cols < 1 || rowScales.length != rows) {
      throw new IllegalArgumentException(
          "expected %d row scales for %d x %d weights but got %d"
              .formatted(rows, rows, cols, rowScales.length));
    }
    this.rows = rows;
    this.cols = cols;
    this.table = table;
    this.rowScales = rowScales;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int cols() {
    return cols;
  }

  @Override
  public int bits() {
    return table.bits();
  }

  public VectorCodebook table() {
    return table;
  }

  /** [rows]; not a copy. */
  public float[] rowScales() {
    return rowScales;
  }

  /** Vectors in a row. */
  public int vectors() {
    return (cols + table.length() - 1) / table.length();
  }

  /** For one weight alone, whatever its codeword does to the others; solvers choose by vectors. */
  @Override
  public int encode(int row, int col, double w) {
    double v = w / rowScales[row];
    int entry = col % table.length();
    int best = 0;
    for (int k = 1; k < table.size(); k++) {
      if (Math.abs(v - table.at(k, entry)) < Math.abs(v - table.at(best, entry))) {
        best = k;
      }
    }
    return best;
  }

  @Override
  public double decode(int row, int col, int code) {
    return (double) rowScales[row] * table.at(code, col % table.length());
  }

  /** One code for each vector, [rows × vectors], from one for each weight. */
  public byte[] chosen(byte[] codes) {
    int vectors = vectors();
    byte[] chosen = new byte[rows * vectors];
    for (int r = 0; r < rows; r++) {
      for (int v = 0; v < vectors; v++) {
        chosen[r * vectors + v] = codes[r * cols + v * table.length()];
      }
    }
    return chosen;
  }

  /** One code for each weight, [rows × cols], from one for each vector. */
  public QuantizedWeight spread(byte[] chosen) {
    int vectors = vectors();
    byte[] codes = new byte[rows * cols];
    for (int r = 0, i = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++, i++) {
        codes[i] = chosen[r * vectors + c / table.length()];
      }
    }
    return new QuantizedWeight(this, codes);
  }
}
