package io.compressor.evaluate;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The bootstrap with bias correction and acceleration (BCa; Efron 1987): quantiles of the values of
 * resampled data, shifted by how far their median is from the estimate and by the skewness that the
 * jackknife finds (leaving out one of up to {@value #GROUPS} groups at a time).
 *
 * @param replicates sorted values of the resamples
 * @param bias z₀, how far the estimate is from the median of the replicates, in normal units
 * @param skew a, the acceleration
 */
record Bootstrap(double value, int n, double[] replicates, double bias, double skew)
    implements Estimate {
  private static final int GROUPS = 200;

  /**
   * Resamples all statistics with the same draws, so that functions of them are paired.
   *
   * @param rows length of the tables behind the statistics
   */
  static Bootstrap[] of(Statistic[] statistics, int rows, int resamples, long seed) {
    double[][] replicates = new double[statistics.length][resamples];
    SplittableRandom random = new SplittableRandom(seed);
    int[] counts = new int[rows];
    for (int r = 0; r < resamples; r++) {
      Arrays.fill(counts, 0);
      for (int i = 0; i < rows; i++) {
        counts[random.nextInt(rows)]++;
      }
      for (int s = 0; s < statistics.length; s++) {
        replicates[s][r] = statistics[s].at(counts);
      }
    }
    Bootstrap[] all = new Bootstrap[statistics.length];
    for (int s = 0; s < all.length; s++) {
      all[s] = of(statistics[s], rows, replicates[s]);
    }
    return all;
  }

  private static Bootstrap of(Statistic statistic, int rows, double[] replicates) {
    double value = statistic.plain(rows);
    // resamples on which the value does not exist (all rows alike, say) tell nothing
    double[] sorted = Arrays.stream(replicates).filter(v -> !Double.isNaN(v)).sorted().toArray();
    return new Bootstrap(value, rows, sorted, bias(sorted, value), skew(statistic, rows));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Infinite for a single row: nothing is known about the spread then.
   */
  @Override
  public double quantile(double probability) {
    if (n < 2 || replicates.length == 0) {
      return probability < 0.5 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    double z = bias + Normal.quantile(probability);
    double stretch = 1 - skew * z;
    double at = stretch > 0 ? Normal.probability(bias + z / stretch) : probability;
    double position = at * (replicates.length - 1);
    int below = (int) Math.floor(position);
    int above = Math.min(below + 1, replicates.length - 1);
    double low = replicates[below];
    double high = replicates[above];
    return low == high ? low : low + (position - below) * (high - low);
  }

  /** Two-sided p-value of the value being zero, never below 1 / resamples. */
  double pValueOfZero() {
    long below = Arrays.stream(replicates).filter(v -> v <= 0).count();
    long above = Arrays.stream(replicates).filter(v -> v >= 0).count();
    return Math.min(1, 2.0 * (Math.min(below, above) + 1) / (replicates.length + 1));
  }

  private static double bias(double[] sorted, double value) {
    if (sorted.length == 0) {
      return 0;
    }
    double below = 0;
    for (double v : sorted) {
      below += v < value ? 1 : v == value ? 0.5 : 0;
    }
    double half = 0.5 / sorted.length;
    return Normal.quantile(Math.min(1 - half, Math.max(half, below / sorted.length)));
  }

  private static double skew(Statistic statistic, int rows) {
    int groups = Math.min(GROUPS, rows);
    double[] without = new double[groups];
    int[] counts = new int[rows];
    double mean = 0;
    for (int g = 0; g < groups && rows > 1; g++) {
      for (int i = 0; i < rows; i++) {
        counts[i] = i % groups == g ? 0 : 1;
      }
      without[g] = statistic.at(counts);
      mean += without[g] / groups;
    }
    double squares = 0;
    double cubes = 0;
    for (double w : without) {
      double d = mean - w;
      squares += d * d;
      cubes += d * d * d;
    }
    double skew = cubes / (6 * Math.pow(squares, 1.5));
    return Double.isFinite(skew) ? skew : 0;
  }
}
