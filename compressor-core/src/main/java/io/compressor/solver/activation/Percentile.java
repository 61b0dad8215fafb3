package io.compressor.solver.activation;

/**
 * Cuts (100 − percent) / 2 % of the elements on each side, linear inside a bin; same convention as
 * ONNX Runtime's calibrator for asymmetric ranges.
 *
 * @param percent of elements kept, in (0, 100]
 */
public record Percentile(double percent) implements RangeCalibrator {
  /** 99.99 %. */
  public static final Percentile DEFAULT = new Percentile(99.99);

  public Percentile {
    if (!(percent > 0 && percent <= 100)) {
      throw new IllegalArgumentException("percent must be in (0, 100] but was " + percent);
    }
  }

  @Override
  public ActivationRange range(double min, double max, long[] counts) {
    Bins bins = new Bins(min, max, counts);
    double cut = (100 - percent) / 200 * bins.total();
    double below = cut;
    int low = 0;
    while (below >= counts[low] && low + 1 < bins.count) {
      below -= counts[low++];
    }
    double above = cut;
    int high = bins.count - 1;
    while (above >= counts[high] && high > 0) {
      above -= counts[high--];
    }
    double from = bins.edge(low) + part(below, counts[low]) * bins.width;
    double to = bins.edge(high + 1) - part(above, counts[high]) * bins.width;
    return new ActivationRange(Math.min(from, to), Math.max(from, Math.min(to, max)));
  }

  private static double part(double elements, long count) {
    return count == 0 ? 0 : Math.min(1, elements / count);
  }
}
