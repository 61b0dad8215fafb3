package io.compressor.statistics;

/**
 * Extent of each channel of a value over the data.
 *
 * @param min [channels]
 * @param max [channels]
 * @param mean [channels]
 * @param rows channel vectors seen
 */
public record ChannelRanges(double[] min, double[] max, double[] mean, long rows) {
  public int channels() {
    return min.length;
  }

  /** Largest magnitude of each channel [channels]. */
  public double[] absMax() {
    double[] abs = new double[min.length];
    for (int i = 0; i < abs.length; i++) {
      abs[i] = Math.max(Math.abs(min[i]), Math.abs(max[i]));
    }
    return abs;
  }

  /** Over all channels. */
  public Range range() {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < min.length; i++) {
      low = Math.min(low, min[i]);
      high = Math.max(high, max[i]);
    }
    return new Range(low, high, rows * min.length);
  }
}
