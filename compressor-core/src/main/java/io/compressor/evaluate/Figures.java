package io.compressor.evaluate;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.OptionalDouble;

/** Numbers in messages: four significant digits, no exponent, no locale. */
final class Figures {
  private static final MathContext DIGITS = new MathContext(4, RoundingMode.HALF_EVEN);

  private Figures() {}

  static String number(double v) {
    if (!Double.isFinite(v)) {
      return Double.toString(v);
    }
    if (v == Math.rint(v) && Math.abs(v) < 1e15) {
      return Long.toString((long) v);
    }
    return new BigDecimal(v).round(DIGITS).stripTrailingZeros().toPlainString();
  }

  static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  static String percent(double share) {
    return number(100 * share) + "%";
  }

  static String drop(Metric metric, double v) {
    return metric.inPercent() ? percent(v) : number(v);
  }

  static String atConfidence(OptionalDouble confidence) {
    return confidence.isPresent() ? " at " + percent(confidence.getAsDouble()) + " confidence" : "";
  }
}
