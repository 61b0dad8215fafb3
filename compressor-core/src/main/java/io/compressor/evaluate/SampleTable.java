package io.compressor.evaluate;

/**
 * Numbers by sample: {@code columns[c][row]}. A row is a sample or, for pair metrics, a pair.
 *
 * @param rows at least 1
 */
record SampleTable(double[][] columns, int rows) {
  static SampleTable empty(int columns, int rows) {
    return new SampleTable(new double[columns][rows], rows);
  }

  static SampleTable of(double[]... columns) {
    return new SampleTable(columns, columns[0].length);
  }

  double[] column(int index) {
    return columns[index];
  }

  void put(int row, double[] values) {
    for (int c = 0; c < columns.length; c++) {
      columns[c][row] = values[c];
    }
  }

  boolean isBroken(int row) {
    for (double[] column : columns) {
      if (Double.isNaN(column[row])) {
        return true;
      }
    }
    return false;
  }

  int brokenRows() {
    int broken = 0;
    for (int row = 0; row < rows; row++) {
      broken += isBroken(row) ? 1 : 0;
    }
    return broken;
  }

  /** First row that holds NaN, or -1. */
  int firstBroken() {
    for (int row = 0; row < rows; row++) {
      if (isBroken(row)) {
        return row;
      }
    }
    return -1;
  }
}
