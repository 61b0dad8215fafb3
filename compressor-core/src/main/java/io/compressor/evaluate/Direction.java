package io.compressor.evaluate;

/** Which way a metric gets better. */
public enum Direction {
  HIGHER_IS_BETTER,
  LOWER_IS_BETTER;

  /** How much worse {@code candidate} is than {@code base}, in units of the metric. */
  public double worsening(double base, double candidate) {
    return this == HIGHER_IS_BETTER ? base - candidate : candidate - base;
  }
}
