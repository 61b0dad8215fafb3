package io.compressor.evaluate;

/**
 * A metric of one model.
 *
 * @param note what to know about it, such as outputs that are not a number; empty if nothing
 * @param perSample first number kept per row (1 or 0 for accuracies, the loss for perplexity)
 */
public record MetricResult(Metric metric, Estimate estimate, String note, double[] perSample) {
  public MetricResult {
    perSample = perSample.clone();
  }

  public double value() {
    return estimate.value();
  }

  /** Rows: samples, or pairs of them. */
  public int n() {
    return estimate.n();
  }

  @Override
  public double[] perSample() {
    return perSample.clone();
  }
}
