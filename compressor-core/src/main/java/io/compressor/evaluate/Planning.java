package io.compressor.evaluate;

import java.util.function.DoublePredicate;

/** How large a sample has to be. */
final class Planning {
  private static final double LARGEST_FACTOR = 1e7;

  private Planning() {}

  /**
   * The smallest multiple of the sample at hand that is large enough, by bisection on the factor.
   *
   * @param enough whether k times the sample decides; once true it stays true
   * @return samples, or infinity when no reasonable number decides
   */
  static double samples(double size, DoublePredicate enough) {
    if (enough.test(1)) {
      return size;
    }
    double low = 1;
    double high = 2;
    while (!enough.test(high)) {
      low = high;
      high *= 2;
      if (high > LARGEST_FACTOR) {
        return Double.POSITIVE_INFINITY;
      }
    }
    while ((high - low) * size > 0.5) {
      double middle = 0.5 * (low + high);
      if (enough.test(middle)) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return Math.ceil(high * size);
  }
}
