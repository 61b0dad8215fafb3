package io.compressor.evaluate;

import java.util.OptionalDouble;

/** Whether an estimated loss stays within a limit. */
record Judgement(Verdict verdict, double value, String note) {
  /** Two roundings of one decimal number may differ by this much and still be the same limit. */
  private static final double SLACK = 1e-12;

  /** Confidence at which a verdict without one is called narrow. */
  private static final double USUAL = 0.95;

  /**
   * @param loss more is worse
   * @param confidence compare the upper end of the one-sided interval; empty: the point estimate
   */
  static Judgement of(Estimate loss, double limit, OptionalDouble confidence) {
    double allowed = limit + SLACK * Math.max(1, Math.abs(limit));
    if (confidence.isEmpty()) {
      boolean fits = loss.value() <= allowed;
      return new Judgement(
          fits ? Verdict.PASSED : Verdict.FAILED,
          loss.value(),
          loss.undecided(allowed, USUAL) ? "narrow: " + needed(loss, allowed, USUAL) : "");
    }
    double sure = confidence.getAsDouble();
    double upper = loss.quantile(sure);
    if (upper <= allowed) {
      return new Judgement(Verdict.PASSED, upper, "");
    }
    if (!loss.undecided(allowed, sure)) {
      return new Judgement(Verdict.FAILED, upper, "");
    }
    return new Judgement(Verdict.UNDECIDED, upper, "undecided: " + needed(loss, allowed, sure));
  }

  private static String needed(Estimate loss, double limit, double confidence) {
    double samples = loss.samplesToDecide(limit, confidence);
    return Double.isInfinite(samples) || samples >= Long.MAX_VALUE
        ? "%d samples cannot decide at %s confidence, and the estimate is too close to the limit for any number to"
            .formatted(loss.n(), Figures.percent(confidence))
        : "%d samples cannot decide at %s confidence; about %d (%d more) would"
            .formatted(
                loss.n(), Figures.percent(confidence), (long) samples, (long) samples - loss.n());
  }
}
