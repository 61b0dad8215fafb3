package io.compressor.report;

import java.util.stream.IntStream;

/** The strokes that plots are made of. */
final class Svg {
  private Svg() {}

  static void line(Html html, String css, double x1, double y1, double x2, double y2) {
    html.leaf(
        "line",
        "",
        "class",
        css,
        "x1",
        Bars.number(x1),
        "y1",
        Bars.number(y1),
        "x2",
        Bars.number(x2),
        "y2",
        Bars.number(y2));
  }

  static void label(Html html, String text, double x, double y, String anchor) {
    html.leaf("text", text, "x", Bars.number(x), "y", Bars.number(y), "text-anchor", anchor);
  }

  /** Exponents of ten on an axis; none on one without positive values. */
  static IntStream decades(Bars.Axis axis) {
    return axis.high() > 0
        ? IntStream.rangeClosed(
            (int) Math.ceil(Math.log10(axis.low())), (int) Math.floor(Math.log10(axis.high())))
        : IntStream.empty();
  }
}
