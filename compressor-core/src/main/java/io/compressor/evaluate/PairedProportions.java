package io.compressor.evaluate;

/**
 * Difference of two shares measured on the same samples, with Tango's score interval (Tango 1998,
 * Statistics in Medicine 17:891): the differences that a score test with the nuisance parameter at
 * its restricted maximum likelihood does not reject. Unlike Wald's it keeps its coverage when few
 * samples differ, and has a width when none does.
 *
 * @param lost samples that only the first model got right (b)
 * @param won samples that only the second got right (c)
 * @param size all samples (n)
 */
record PairedProportions(double lost, double won, double size) implements Estimate {
  private static final int BISECTIONS = 60;

  @Override
  public double value() {
    return (lost - won) / size;
  }

  @Override
  public int n() {
    return (int) Math.rint(size);
  }

  @Override
  public double quantile(double probability) {
    double z = Normal.quantile(probability);
    double low = z < 0 ? -1 : value();
    double high = z < 0 ? value() : 1;
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = 0.5 * (low + high);
      if (score(middle) > -z) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return 0.5 * (low + high);
  }

  /** Tango's statistic: standard normal if the true difference is {@code d}; falls as d grows. */
  double score(double d) {
    double a = 2 * size;
    double b = -lost - won + (2 * size - lost + won) * d;
    double c = -won * d * (1 - d);
    double q = (Math.sqrt(Math.max(0, b * b - 4 * a * c)) - b) / (2 * a);
    double variance = size * (2 * q + d * (1 - d));
    double difference = lost - won - size * d;
    return variance > 0
        ? difference / Math.sqrt(variance)
        : Math.signum(difference) * Double.MAX_VALUE;
  }

  @Override
  public double samplesToDecide(double limit, double confidence) {
    return Planning.samples(
        size,
        k -> !new PairedProportions(k * lost, k * won, k * size).undecided(limit, confidence));
  }
}
