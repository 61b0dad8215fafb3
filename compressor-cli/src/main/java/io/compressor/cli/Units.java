package io.compressor.cli;

import java.util.Locale;

/** Numbers for people. */
final class Units {
  private static final String[] SIZES = {"B", "kB", "MB", "GB", "TB"};

  private Units() {}

  /** Decimal units, three significant digits: {@code 90.4 MB}. */
  static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 999.5 && unit < SIZES.length - 1) {
      value /= 1000;
      unit++;
    }
    return unit == 0 ? bytes + " B" : digits(value) + " " + SIZES[unit];
  }

  /** Short counts: {@code 22.7 M}. */
  static String count(long n) {
    if (n < 10_000) {
      return Long.toString(n);
    }
    return n < 999_500
        ? digits(n / 1e3) + " k"
        : n < 999_500_000 ? digits(n / 1e6) + " M" : digits(n / 1e9) + " G";
  }

  /** Four significant digits. */
  static String figure(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value) || value == 0) {
      return value == 0 ? "0" : String.valueOf(value);
    }
    int whole = (int) Math.floor(Math.log10(Math.abs(value))) + 1;
    return whole > 4 || whole < -2
        ? String.format(Locale.ROOT, "%.3e", value)
        : String.format(Locale.ROOT, "%." + Math.max(0, Math.min(4, 4 - whole)) + "f", value);
  }

  static String percent(double fraction) {
    return String.format(Locale.ROOT, "%.1f%%", fraction * 100);
  }

  private static String digits(double value) {
    return String.format(
        Locale.ROOT, value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f", value);
  }
}
