package io.compressor.statistics;

/**
 * Extent of all elements of a value over the data.
 *
 * @param count elements seen
 */
public record Range(double min, double max, long count) {
  /** Largest magnitude. */
  public double absMax() {
    return Math.max(Math.abs(min), Math.abs(max));
  }
}
