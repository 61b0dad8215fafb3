package io.compressor.report;

import java.util.Locale;
import java.util.Set;

/** Numbers as people read them; no locale, a true minus sign. */
final class Wording {
  /** Metrics whose values are shares, so that a difference is in percentage points. */
  private static final Set<String> SHARES = Set.of("top1", "top5", "probe-top1", "agreement");

  private static final String[] SIZES = {"B", "kB", "MB", "GB", "TB"};

  private Wording() {}

  /** 22.9 MB: decimal units, three digits. */
  static String bytes(long bytes) {
    double v = bytes;
    int unit = 0;
    while (Math.abs(v) >= 999.5 && unit < SIZES.length - 1) {
      v /= 1000;
      unit++;
    }
    String digits =
        unit == 0 || Math.abs(v) >= 99.95 ? "%.0f" : Math.abs(v) >= 9.995 ? "%.1f" : "%.2f";
    return format(digits, v) + " " + SIZES[unit];
  }

  static String percent(double share) {
    double v = 100 * share;
    return special(v) ? plain(v) : format(Math.abs(v) >= 9.95 ? "%.1f%%" : "%.2f%%", v);
  }

  static String millis(double ms) {
    return significant(ms) + " ms";
  }

  static String factor(double ratio) {
    return format(ratio >= 9.95 ? "%.0f×" : "%.1f×", ratio);
  }

  /** Four significant digits, or four decimals below 10 as usual for metrics. */
  static String value(double v) {
    if (special(v)) {
      return plain(v);
    }
    double size = Math.abs(v);
    if (size != 0 && size < 5e-4) {
      return format("%.1e", v);
    }
    return format(size < 10 ? "%.4f" : size < 100 ? "%.3f" : size < 1e5 ? "%.1f" : "%.4g", v);
  }

  static String significant(double v) {
    if (special(v)) {
      return plain(v);
    }
    if (v == 0) {
      return "0";
    }
    double size = Math.abs(v);
    return format(size >= 99.5 ? "%.0f" : size >= 9.95 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.2g", v);
  }

  static String count(long n) {
    return format("%,d", n);
  }

  /** By how much the metric moved, +0.3 points or −1.2 %: its own sign, not good or bad. */
  static String change(Report.Quality q, double drop) {
    double moved = q.higherIsBetter() ? -drop : drop;
    if (q.scale() == Report.Scale.RELATIVE) {
      return signed("%+.2f%%", 100 * moved);
    }
    return SHARES.contains(q.metric())
        ? signed("%+.2f", 100 * moved) + " points"
        : signed(Math.abs(moved) < 10 ? "%+.4f" : "%+.2f", moved);
  }

  /** The interval of {@link #change}, or of the value when it is about the base; smaller first. */
  static String interval(Report.Quality q) {
    if (q.againstBase()) {
      double worst = q.higherIsBetter() ? q.base() - q.dropHigh() : q.dropLow();
      double best = q.higherIsBetter() ? q.base() - q.dropLow() : q.dropHigh();
      return value(worst) + " to " + value(best);
    }
    String a = change(q, q.higherIsBetter() ? q.dropHigh() : q.dropLow());
    String b = change(q, q.higherIsBetter() ? q.dropLow() : q.dropHigh());
    return a.replace(" points", "") + " to " + b.replace(" points", "");
  }

  private static String signed(String format, double v) {
    if (special(v)) {
      return plain(v);
    }
    String text = format(format, v);
    boolean zero = text.chars().noneMatch(c -> c >= '1' && c <= '9');
    return zero ? text.replace("+", "±").replace("−", "±") : text;
  }

  private static boolean special(double v) {
    return !Double.isFinite(v);
  }

  private static String plain(double v) {
    return Double.isNaN(v) ? "not a number" : v > 0 ? "∞" : "−∞";
  }

  private static String format(String format, Object v) {
    return String.format(Locale.ROOT, format, v).replace('-', '−');
  }
}
