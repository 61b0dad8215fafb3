package io.compressor.report;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Small drawings as inline SVG. Colours come from the style sheet, so that they follow light, dark
 * and print; every drawing has a text for those who do not see it.
 */
final class Bars {
  private final Html html;

  Bars(Html html) {
    this.html = html;
  }

  /** Two sizes in bytes on one scale, the first behind the second. */
  void beforeAfter(long before, long after, long max, String label) {
    beforeAfter((double) before, (double) after, (double) max, label);
  }

  /** Two bars on one scale, the first behind the second. */
  void beforeAfter(double before, double after, double max, String label) {
    double scale = max > 0 ? 100 / max : 0;
    openStretched("bar", 100, 10, label);
    rect("track", 0, 0, before * scale, 10);
    rect("fill", 0, 2, after * scale, 6);
    html.close();
  }

  /** A hollow and a full mark on a logarithmic axis. */
  void errors(@Nullable Double predicted, @Nullable Double measured, Axis axis, String label) {
    html.open(
        "svg",
        "class",
        "marks",
        "viewBox",
        "0 0 100 10",
        "preserveAspectRatio",
        "xMinYMid",
        "role",
        "img",
        "aria-label",
        label);
    html.leaf("line", "", "class", "axis", "x1", "2", "x2", "98", "y1", "5", "y2", "5");
    if (predicted != null && measured != null) {
      String from = number(2 + 96 * axis.at(predicted));
      String to = number(2 + 96 * axis.at(measured));
      html.leaf("line", "", "class", "span", "x1", from, "x2", to, "y1", "5", "y2", "5");
    }
    if (predicted != null) {
      mark("hollow", 2 + 96 * axis.at(predicted));
    }
    if (measured != null) {
      mark("full", 2 + 96 * axis.at(measured));
    }
    html.close();
  }

  /** An interval about a value on a scale from −reach to reach, with a line at zero. */
  void interval(double low, double value, double high, double reach, String tone, String label) {
    html.open(
        "svg",
        "class",
        "marks",
        "viewBox",
        "0 0 100 10",
        "preserveAspectRatio",
        "xMinYMid",
        "role",
        "img",
        "aria-label",
        label);
    html.leaf("line", "", "class", "axis", "x1", "50", "x2", "50", "y1", "0", "y2", "10");
    String from = number(place(low, reach));
    String to = number(place(high, reach));
    html.leaf("line", "", "class", "span " + tone, "x1", from, "x2", to, "y1", "5", "y2", "5");
    mark("full " + tone, place(value, reach));
    html.close();
  }

  /** Two histograms over the same bins, the first as an outline. */
  void histogram(Report.Histogram h, String label) {
    int bins = Math.min(h.before().size(), h.after().size());
    long top = 1;
    for (int i = 0; i < bins; i++) {
      top = Math.max(top, Math.max(h.before().get(i), h.after().get(i)));
    }
    openStretched("hist", 100, 40, label);
    double width = 100.0 / Math.max(1, bins);
    for (int i = 0; i < bins; i++) {
      double height = 40 * root(h.after().get(i), top);
      rect("fill", i * width, 40 - height, width * 0.9, height);
    }
    html.leaf("polyline", "", "class", "outline", "points", outline(h.before(), bins, top));
    html.close();
  }

  private static String outline(List<Long> counts, int bins, long top) {
    StringBuilder points = new StringBuilder("0,40");
    double width = 100.0 / Math.max(1, bins);
    for (int i = 0; i < bins; i++) {
      String y = number(40 - 40 * root(counts.get(i), top));
      points.append(' ').append(number(i * width)).append(',').append(y);
      points.append(' ').append(number((i + 1) * width)).append(',').append(y);
    }
    return points.append(" 100,40").toString();
  }

  /** Square roots keep thin tails visible beside a high middle. */
  private static double root(long count, long top) {
    return Math.sqrt((double) count / top);
  }

  private void openStretched(String css, int width, int height, String label) {
    html.open(
        "svg",
        "class",
        css,
        "viewBox",
        "0 0 " + width + " " + height,
        "preserveAspectRatio",
        "none",
        "role",
        "img",
        "aria-label",
        label);
  }

  private void rect(String css, double x, double y, double width, double height) {
    html.leaf(
        "rect",
        "",
        "class",
        css,
        "x",
        number(x),
        "y",
        number(y),
        "width",
        number(Math.max(0, width)),
        "height",
        number(Math.max(0, height)));
  }

  private void mark(String css, double x) {
    html.leaf("circle", "", "class", css, "cx", number(x), "cy", "5", "r", "2.6");
  }

  private static double place(double v, double reach) {
    double share = reach > 0 && !Double.isNaN(v) ? v / reach : 0;
    return 50 + 47 * Math.max(-1, Math.min(1, share));
  }

  static String number(double v) {
    String text = String.format(Locale.ROOT, "%.2f", v);
    return text.endsWith(".00") ? text.substring(0, text.length() - 3) : text;
  }

  /** A logarithmic axis from low to high. */
  record Axis(double low, double high) {
    static Axis over(double[] values) {
      double low = Double.POSITIVE_INFINITY;
      double high = 0;
      for (double v : values) {
        if (v > 0 && Double.isFinite(v)) {
          low = Math.min(low, v);
          high = Math.max(high, v);
        }
      }
      return new Axis(Math.min(low, high), high);
    }

    /** Where a value lies, 0 to 1. */
    double at(double v) {
      if (!(v > low)) {
        return 0;
      }
      return Math.min(1, Math.log(v / low) / Math.log(high / low));
    }
  }
}
