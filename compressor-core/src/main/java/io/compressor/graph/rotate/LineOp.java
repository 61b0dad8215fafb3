package io.compressor.graph.rotate;

import io.compressor.solver.rotation.OrthogonalMatrix;

/**
 * A change of one line of a weight: a row or a column as a vector, in double precision, in place.
 */
interface LineOp {
  void apply(double[] line);

  /** Each entry times its factor. */
  static LineOp scale(double[] factors) {
    return line -> {
      for (int i = 0; i < line.length; i++) {
        line[i] *= factors[i];
      }
    };
  }

  /** The mean over the line taken off. */
  static LineOp centre() {
    return line -> {
      double sum = 0;
      for (double v : line) {
        sum += v;
      }
      double mean = sum / line.length;
      for (int i = 0; i < line.length; i++) {
        line[i] -= mean;
      }
    };
  }

  /** Each block of the line times Q from the right. */
  static LineOp rotate(OrthogonalMatrix q) {
    return line -> {
      for (int from = 0; from < line.length; from += q.size()) {
        q.apply(line, from);
      }
    };
  }
}
