package io.compressor.train;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;

/** Steps whose loss was not finite: each halves the learning rates, ten in a row end the run. */
final class Failures {
  private static final int MOST = 10;

  private final String loss;
  private int inARow;
  private int all;
  private double damping = 1;

  Failures(String loss) {
    this.loss = loss;
  }

  /** Factor of the learning rates. */
  double damping() {
    return damping;
  }

  int all() {
    return all;
  }

  int inARow() {
    return inARow;
  }

  /** Goes on where another run stopped. */
  void set(int all, int inARow, double damping) {
    this.all = all;
    this.inARow = inARow;
    this.damping = damping;
  }

  void none() {
    inARow = 0;
  }

  /**
   * @throws CompressorException RUNTIME at the tenth in a row
   */
  void one(double value) {
    inARow++;
    all++;
    damping /= 2;
    if (inARow >= MOST) {
      throw new CompressorException(
          ErrorCode.RUNTIME,
          loss,
          "was %s for %d steps in a row, although the learning rate was halved each time"
              .formatted(value, inARow),
          "lower the learning rate, or look for inputs that are not finite");
    }
  }
}
