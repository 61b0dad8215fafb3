package io.compressor.solver.activation;

/** Everything that was seen: no clipping, and one outlier can take all the levels. */
public record MinMax() implements RangeCalibrator {
  @Override
  public ActivationRange range(double min, double max, long[] counts) {
    Bins bins = new Bins(min, max, counts);
    int end = bins.end();
    return new ActivationRange(bins.edge(bins.first()), end == bins.count ? max : bins.edge(end));
  }
}
