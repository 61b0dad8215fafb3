package io.compressor.report;

import java.util.List;

/** Size against loss of the points that a search found, as inline SVG; bytes to the right. */
final class ParetoPlot {
  private static final double LEFT = 64;
  private static final double RIGHT = 620;
  private static final double TOP = 14;
  private static final double BOTTOM = 220;

  private final List<Report.Point> points;
  private final double mostBytes;
  private final double leastBytes;
  private final double highest;
  private final double lowest;

  ParetoPlot(List<Report.Point> points) {
    this.points =
        points.stream()
            .filter(p -> Double.isFinite(p.drop()))
            .sorted(java.util.Comparator.comparingLong(Report.Point::bytes))
            .toList();
    this.mostBytes = this.points.stream().mapToDouble(Report.Point::bytes).max().orElse(1);
    this.leastBytes = this.points.stream().mapToDouble(Report.Point::bytes).min().orElse(0);
    this.highest =
        Math.max(1e-9, this.points.stream().mapToDouble(Report.Point::drop).max().orElse(1));
    this.lowest = Math.min(0, this.points.stream().mapToDouble(Report.Point::drop).min().orElse(0));
  }

  /**
   * @param chosenBytes size of the model that was written, marked in the plot
   */
  void draw(Html html, long chosenBytes) {
    String label = "loss against size of " + points.size() + " candidates";
    html.open("svg", "class", "plot", "viewBox", "0 0 640 260", "role", "img", "aria-label", label);
    frame(html);
    StringBuilder path = new StringBuilder();
    for (Report.Point p : points) {
      path.append(Bars.number(x(p.bytes())))
          .append(',')
          .append(Bars.number(y(p.drop())))
          .append(' ');
    }
    html.leaf("polyline", "", "class", "outline", "points", path.toString().strip());
    Report.Point nearest = nearest(chosenBytes);
    for (Report.Point p : points) {
      boolean chosen = p == nearest;
      html.open(
          "circle",
          "class",
          chosen ? "chosen" : "full",
          "cx",
          Bars.number(x(p.bytes())),
          "cy",
          Bars.number(y(p.drop())),
          "r",
          chosen ? "6" : "3.5");
      html.leaf("title", Wording.bytes(p.bytes()) + ", loss " + Wording.value(p.drop()));
      html.close();
    }
    html.close();
  }

  private Report.Point nearest(long bytes) {
    return points.stream()
        .min(java.util.Comparator.comparingLong(p -> Math.abs(p.bytes() - bytes)))
        .orElseThrow();
  }

  private void frame(Html html) {
    for (int i = 0; i <= 4; i++) {
      double drop = lowest + (highest - lowest) * i / 4;
      String y = Bars.number(y(drop));
      html.leaf(
          "line",
          "",
          "class",
          "grid",
          "x1",
          Bars.number(LEFT),
          "x2",
          Bars.number(RIGHT),
          "y1",
          y,
          "y2",
          y);
      label(html, Wording.value(drop), LEFT - 8, y(drop) + 4, "end");
      double bytes = leastBytes + (mostBytes - leastBytes) * i / 4;
      String anchor = i == 0 ? "start" : i == 4 ? "end" : "middle";
      label(html, Wording.bytes(Math.round(bytes)), x(bytes), BOTTOM + 20, anchor);
    }
    label(html, "size →", RIGHT, BOTTOM + 38, "end");
    label(html, "loss ↑", LEFT + 6, TOP + 2, "start");
  }

  private static void label(Html html, String text, double x, double y, String anchor) {
    html.leaf("text", text, "x", Bars.number(x), "y", Bars.number(y), "text-anchor", anchor);
  }

  private double x(double bytes) {
    double span = mostBytes - leastBytes;
    return LEFT + (RIGHT - LEFT) * (span > 0 ? (bytes - leastBytes) / span : 0.5);
  }

  private double y(double drop) {
    return BOTTOM - (BOTTOM - TOP) * (drop - lowest) / (highest - lowest);
  }
}
