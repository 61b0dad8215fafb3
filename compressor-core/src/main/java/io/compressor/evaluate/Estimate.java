package io.compressor.evaluate;

/**
 * A value that was measured on a sample, and how far the truth may be from it.
 *
 * <p>{@link #quantile} is the confidence distribution: the upper end of the one-sided interval at
 * confidence C is {@code quantile(C)}, the lower end {@code quantile(1 - C)}.
 */
public interface Estimate {
  /** The point estimate. */
  double value();

  /**
   * @param probability strictly between 0 and 1
   */
  double quantile(double probability);

  /** How many samples it rests on. */
  int n();

  /** Lower end of the two-sided 95 % interval. */
  default double low95() {
    return quantile(0.025);
  }

  /** Upper end of the two-sided 95 % interval. */
  default double high95() {
    return quantile(0.975);
  }

  /** Whether the data leaves open on which side of {@code limit} the truth is. */
  default boolean undecided(double limit, double confidence) {
    return quantile(1 - confidence) <= limit && quantile(confidence) > limit;
  }

  /**
   * About how many samples would decide on which side of {@code limit} the truth is, supposing that
   * more of them look like those seen: intervals shrink with 1/√n, so n (half width / margin)².
   *
   * @return infinity when the value is the limit
   */
  default double samplesToDecide(double limit, double confidence) {
    double margin = Math.abs(limit - value());
    double half =
        value() <= limit ? quantile(confidence) - value() : value() - quantile(1 - confidence);
    return half <= margin ? n() : Math.ceil(n() * Math.pow(half / margin, 2));
  }

  /** A value that is known without error, such as a drop between equal outputs. */
  static Estimate exact(double value, int n) {
    return new Exact(value, n);
  }

  /** {@code factor * of + offset}; a negative factor turns the interval round. */
  static Estimate linear(double factor, Estimate of, double offset) {
    return new Linear(factor, of, offset);
  }

  /** See {@link Estimate#exact}. */
  record Exact(double value, int n) implements Estimate {
    @Override
    public double quantile(double probability) {
      return value;
    }
  }

  /** See {@link Estimate#linear}. */
  record Linear(double factor, Estimate of, double offset) implements Estimate {
    @Override
    public double value() {
      return factor * of.value() + offset;
    }

    @Override
    public double quantile(double probability) {
      return factor * of.quantile(factor < 0 ? 1 - probability : probability) + offset;
    }

    @Override
    public int n() {
      return of.n();
    }

    @Override
    public double samplesToDecide(double limit, double confidence) {
      return of.samplesToDecide((limit - offset) / factor, confidence);
    }
  }
}
