package io.compressor.evaluate;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * A value of a sample that can be asked again with other multiplicities, which is all that
 * resampling needs.
 */
@FunctionalInterface
interface Statistic {
  /**
   * @param counts how often each row counts; not all zero
   * @return NaN where the value does not exist
   */
  double at(int[] counts);

  /** Every row once. */
  default double plain(int rows) {
    int[] once = new int[rows];
    Arrays.fill(once, 1);
    return at(once);
  }

  static Statistic mean(double[] x) {
    return counts -> {
      double sum = 0;
      long n = 0;
      for (int i = 0; i < x.length; i++) {
        sum += counts[i] * x[i];
        n += counts[i];
      }
      return sum / n;
    };
  }

  /** {@code then(sum of above / sum of below)}; rows may weigh differently, as texts by tokens. */
  static Statistic ratio(double[] above, double[] below, DoubleUnaryOperator then) {
    return counts -> {
      double a = 0;
      double b = 0;
      for (int i = 0; i < above.length; i++) {
        a += counts[i] * above[i];
        b += counts[i] * below[i];
      }
      return then.applyAsDouble(a / b);
    };
  }

  static Statistic largest(double[] x) {
    return counts -> {
      double max = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < x.length; i++) {
        if (counts[i] > 0) {
          max = Math.max(max, x[i]);
        }
      }
      return max;
    };
  }
}
