package io.compressor.evaluate;

/**
 * Share of yes among n independent samples, with Wilson's score interval: the shares that a score
 * test does not reject. Never outside [0, 1], never of zero width.
 *
 * @param yes how many; need not be whole when planning a sample
 */
record Proportion(double yes, double size) implements Estimate {
  @Override
  public double value() {
    return yes / size;
  }

  @Override
  public int n() {
    return (int) Math.rint(size);
  }

  @Override
  public double quantile(double probability) {
    double z = Normal.quantile(probability);
    double middle = yes + 0.5 * z * z;
    double spread = z * Math.sqrt(Math.max(0, yes * (size - yes) / size) + 0.25 * z * z);
    return Math.min(1, Math.max(0, (middle + spread) / (size + z * z)));
  }

  @Override
  public double samplesToDecide(double limit, double confidence) {
    return Planning.samples(
        size, k -> !new Proportion(k * yes, k * size).undecided(limit, confidence));
  }
}
