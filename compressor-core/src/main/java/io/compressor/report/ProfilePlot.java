package io.compressor.report;

import java.util.List;

/** A line for each weight, a mark for each width on a logarithmic axis of loss. */
final class ProfilePlot {
  private static final double LEFT = 250;
  private static final double RIGHT = 700;
  private static final double TOP = 34;
  private static final double ROW = 15;

  private final List<OptionCurves.Curve> curves;
  private final Bars.Axis axis;

  ProfilePlot(List<OptionCurves.Curve> curves) {
    this.curves = curves;
    this.axis =
        Bars.Axis.over(
            curves.stream()
                .flatMap(c -> c.points().stream())
                .mapToDouble(OptionCurves.Point::error)
                .toArray());
  }

  void draw(Html html) {
    double bottom = TOP + ROW * curves.size();
    html.open(
        "svg",
        "class",
        "plot profile",
        "viewBox",
        "0 0 720 " + Bars.number(bottom + 14),
        "role",
        "img",
        "aria-label",
        "loss of " + curves.size() + " weights at each width");
    decades(html, bottom);
    for (int i = 0; i < curves.size(); i++) {
      OptionCurves.Curve curve = curves.get(i);
      double y = TOP + ROW * (i + 0.5);
      Svg.label(html, shortened(curve.name()), LEFT - 10, y + 4, "end");
      List<OptionCurves.Point> points = curve.points();
      if (points.size() > 1) {
        double first = x(points.get(0).error());
        double last = x(points.get(points.size() - 1).error());
        Svg.line(html, "span", first, y, last, y);
      }
      for (OptionCurves.Point p : points) {
        mark(html, p, y);
      }
    }
    html.close();
  }

  private void mark(Html html, OptionCurves.Point p, double y) {
    // the digit tells widths apart without colours
    html.open("g");
    html.leaf(
        "circle",
        "",
        "class",
        p.bits() >= 8 ? "hollow" : "full",
        "cx",
        Bars.number(x(p.error())),
        "cy",
        Bars.number(y),
        "r",
        "6.5");
    html.open(
        "text",
        "class",
        p.bits() >= 8 ? "digit" : "digit on",
        "x",
        Bars.number(x(p.error())),
        "y",
        Bars.number(y + 3),
        "text-anchor",
        "middle");
    html.text(Integer.toString(p.bits()));
    html.close();
    html.leaf("title", p.choice() + ": loss " + Wording.significant(p.error()));
    html.close();
  }

  private void decades(Html html, double bottom) {
    Svg.decades(axis)
        .forEach(
            d -> {
              double at = x(Math.pow(10, d));
              Svg.line(html, "grid", at, TOP, at, bottom);
              Svg.label(html, "1e" + d, at, TOP - 8, "middle");
            });
  }

  private double x(double error) {
    return LEFT + (RIGHT - LEFT) * axis.at(error);
  }

  private static String shortened(String name) {
    return name.length() <= 38 ? name : "…" + name.substring(name.length() - 37);
  }
}
