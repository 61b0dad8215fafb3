package io.compressor.statistics;

/**
 * How the elements of a value are distributed: equal bins between the smallest and the largest.
 *
 * @param counts one a bin; an element on an inner edge belongs to the bin above
 */
public record Histogram(double min, double max, long[] counts) {
  /** Bins that the collector makes, as ONNX Runtime's and most other calibrators do. */
  public static final int BINS = 2048;

  public double binWidth() {
    return (max - min) / counts.length;
  }

  /** Middle of a bin. */
  public double center(int bin) {
    return min + (bin + 0.5) * binWidth();
  }

  public long total() {
    long total = 0;
    for (long count : counts) {
      total += count;
    }
    return total;
  }

  /**
   * The element below which a fraction {@code q} of all lies, linear inside a bin.
   *
   * @param q in [0, 1]
   */
  public double quantile(double q) {
    if (!(q >= 0 && q <= 1)) {
      throw new IllegalArgumentException("quantile must be in [0, 1] but was " + q);
    }
    double wanted = q * total();
    double below = 0;
    for (int bin = 0; bin < counts.length; bin++) {
      if (counts[bin] > 0 && below + counts[bin] >= wanted) {
        return min + (bin + (wanted - below) / counts[bin]) * binWidth();
      }
      below += counts[bin];
    }
    return max;
  }
}
