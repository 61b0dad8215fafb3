package io.compressor.evaluate;

/** A figure of merit of a model on data; obtained from {@link Metrics}. */
public sealed interface Metric permits ScoredMetric {
  /** The name on the command line and in reports, such as {@code top1}. */
  String id();

  Direction direction();

  DropScale dropScale();

  /** Whether it compares with the base model's outputs instead of labels. */
  boolean againstBase();

  /** Whether a drop reads well as a percentage. */
  default boolean inPercent() {
    return true;
  }

  /**
   * The loss that a gate limits: positive when the candidate is worse, exactly 0 for equal values.
   */
  default double drop(double base, double candidate) {
    double worse = direction().worsening(base, candidate);
    if (dropScale() == DropScale.ABSOLUTE || worse == 0) {
      return worse;
    }
    return base == 0 ? Math.copySign(Double.POSITIVE_INFINITY, worse) : worse / Math.abs(base);
  }
}
