package io.compressor.evaluate;

import org.apache.commons.math3.distribution.NormalDistribution;

/** The standard normal distribution. */
final class Normal {
  private static final NormalDistribution STANDARD = new NormalDistribution(null, 0, 1);

  private Normal() {}

  /** Φ(z). */
  static double probability(double z) {
    return STANDARD.cumulativeProbability(z);
  }

  /** Φ⁻¹(p). */
  static double quantile(double p) {
    return STANDARD.inverseCumulativeProbability(p);
  }
}
