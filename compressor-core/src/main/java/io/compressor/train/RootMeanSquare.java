package io.compressor.train;

/** The size of a weight, which learning rates are shares of. */
public final class RootMeanSquare {
  private RootMeanSquare() {}

  /** √(Σ v² / n); 0 of nothing. */
  public static double of(float[] values) {
    double sum = 0;
    for (float v : values) {
      sum += (double) v * v;
    }
    return Math.sqrt(sum / Math.max(1, values.length));
  }
}
