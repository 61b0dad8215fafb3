package io.compressor.runtime;

/**
 * How long one run of a session takes, in milliseconds, and how it compares with the first session
 * of the same race.
 *
 * @param runs timed runs
 * @param ratio median over rounds of this session's time divided by the first session's time in the
 *     same round; 1 for the first. Pairing cancels what slows the whole machine down
 * @param ratioLow lower quartile of that ratio
 * @param ratioHigh upper quartile of that ratio
 */
public record Latency(
    int runs, double p50, double p90, double min, double ratio, double ratioLow, double ratioHigh) {

  /**
   * From times by round.
   *
   * @param millis this session's time in each round
   * @param reference the first session's time in each round
   */
  static Latency of(double[] millis, double[] reference) {
    double[] ratios = new double[millis.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = reference[i] > 0 ? millis[i] / reference[i] : 1;
    }
    double[] sorted = millis.clone();
    java.util.Arrays.sort(sorted);
    java.util.Arrays.sort(ratios);
    return new Latency(
        sorted.length,
        quantile(sorted, 0.5),
        quantile(sorted, 0.9),
        sorted[0],
        quantile(ratios, 0.5),
        quantile(ratios, 0.25),
        quantile(ratios, 0.75));
  }

  /** Linear interpolation between order statistics, as numpy's default. */
  static double quantile(double[] sorted, double q) {
    double at = q * (sorted.length - 1);
    int below = (int) Math.floor(at);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
