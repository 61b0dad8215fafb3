package io.compressor.solver.mixed;

import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;

/** Spearman's rank correlation: does a prediction order things as they turn out? */
public final class RankCorrelation {
  private RankCorrelation() {}

  /**
   * @return Pearson's correlation of the ranks, equal values sharing the mean of theirs; NaN where
   *     one side is constant, or has fewer than two values
   */
  public static double spearman(double[] a, double[] b) {
    return a.length < 2 && b.length == a.length
        ? Double.NaN
        : new SpearmansCorrelation().correlation(a, b);
  }
}
