package io.compressor.evaluate;

import org.apache.commons.math3.distribution.BinomialDistribution;

/**
 * McNemar's test: whether two classifiers that differ on b + c samples are equally good, when each
 * difference is a fair coin.
 */
final class McNemar {
  private McNemar() {}

  /**
   * Two-sided mid-p value of the exact (binomial) test: the probability of more extreme splits than
   * b to c, plus half that of equally extreme ones. 1 when nothing differs.
   */
  static double midP(int lost, int won) {
    if (lost == won) {
      return 1;
    }
    BinomialDistribution coin = new BinomialDistribution(null, lost + won, 0.5);
    int fewer = Math.min(lost, won);
    return Math.min(1, 2 * coin.cumulativeProbability(fewer) - coin.probability(fewer));
  }
}
