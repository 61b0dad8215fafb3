package io.compressor.recipe;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount that is either absolute or a share of the original: {@code 2GiB}, {@code 5ms}, {@code
 * 25%}.
 *
 * @param value bytes, milliseconds, or a fraction (25% is 0.25)
 */
public record Limit(Unit unit, double value) {

  /** What the value counts. */
  public enum Unit {
    FRACTION,
    BYTES,
    MILLIS
  }

  private static final Pattern AMOUNT =
      Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,15})?)\\s*([a-zA-Zµ%]*)");

  private static final Map<String, Double> BYTES =
      Map.of(
          "b",
          1.0,
          "kb",
          1e3,
          "mb",
          1e6,
          "gb",
          1e9,
          "tb",
          1e12,
          "kib",
          1024.0,
          "mib",
          1048576.0,
          "gib",
          1073741824.0,
          "tib",
          1099511627776.0);

  private static final Map<String, Double> MILLIS =
      Map.of("us", 1e-3, "µs", 1e-3, "ms", 1.0, "s", 1e3);

  /**
   * Reads an amount with its unit; a bare number is no amount.
   *
   * @return empty when the text is not an amount
   */
  public static Optional<Limit> parse(String text) {
    Matcher m = AMOUNT.matcher(text.strip());
    if (!m.matches()) {
      return Optional.empty();
    }
    double number = Double.parseDouble(m.group(1));
    String unit = m.group(2).toLowerCase(Locale.ROOT);
    if (unit.equals("%")) {
      return Optional.of(new Limit(Unit.FRACTION, shift(m.group(1))));
    }
    Double bytes = BYTES.get(unit);
    if (bytes != null) {
      return Optional.of(new Limit(Unit.BYTES, Math.rint(number * bytes)));
    }
    return Optional.ofNullable(MILLIS.get(unit)).map(ms -> new Limit(Unit.MILLIS, number * ms));
  }

  /** The absolute amount, given what the original has (bytes or milliseconds). */
  public double of(double original) {
    return unit == Unit.FRACTION ? value * original : value;
  }

  @Override
  public String toString() {
    String number = plain(unit == Unit.FRACTION ? value * 100 : value);
    return number
        + switch (unit) {
          case FRACTION -> "%";
          case BYTES -> "B";
          case MILLIS -> "ms";
        };
  }

  /** A number without exponent and without trailing zeros. */
  static String plain(double value) {
    return new BigDecimal(Double.toString(value))
        .round(new java.math.MathContext(15))
        .stripTrailingZeros()
        .toPlainString();
  }

  /** "0.5" percent as 0.005, without the error of a binary division. */
  static double shift(String percent) {
    return new BigDecimal(percent).movePointLeft(2).doubleValue();
  }
}
