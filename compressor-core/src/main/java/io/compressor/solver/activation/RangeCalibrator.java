package io.compressor.solver.activation;

/** Chooses the range of an activation from the histogram of its elements. */
public interface RangeCalibrator {
  /**
   * @param min lower edge of the first bin
   * @param max upper edge of the last bin
   * @param counts elements in each of the equal bins; at least one element in all
   * @throws IllegalArgumentException on an empty histogram or edges that are not finite
   */
  ActivationRange range(double min, double max, long[] counts);
}
