package io.compressor.report;

import java.util.Comparator;
import java.util.List;

/** Size against loss of the points that a search found, as inline SVG; bytes to the right. */
final class ParetoPlot {
  private static final double LEFT = 64;
  private static final double RIGHT = 620;
  private static final double TOP = 30;
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
            .sorted(Comparator.comparingLong(Report.Point::bytes))
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
    int nearest = nearest(chosenBytes);
    for (int i = 0; i < points.size(); i++) {
      Report.Point p = points.get(i);
      boolean chosen = i == nearest;
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

  private int nearest(long bytes) {
    int nearest = 0;
    for (int i = 1; i < points.size(); i++) {
      if (Math.abs(points.get(i).bytes() - bytes) < Math.abs(points.get(nearest).bytes() - bytes)) {
        nearest = i;
      }
    }
    return nearest;
  }

  private void frame(Html html) {
    double step = step((highest - lowest) / 4);
    for (long i = (long) Math.ceil(lowest / step); i * step <= highest; i++) {
      String at = Bars.number(y(i * step));
      String from = Bars.number(LEFT);
      String to = Bars.number(RIGHT);
      html.leaf("line", "", "class", "grid", "x1", from, "x2", to, "y1", at, "y2", at);
      label(html, Wording.significant(i * step), LEFT - 8, y(i * step) + 4, "end");
    }
    for (int i = 0; i <= 4; i++) {
      long bytes = Math.round(leastBytes + (mostBytes - leastBytes) * i / 4);
      String anchor = i == 0 ? "start" : i == 4 ? "end" : "middle";
      label(html, Wording.bytes(bytes), x(bytes), BOTTOM + 20, anchor);
    }
    label(html, "size →", RIGHT, BOTTOM + 38, "end");
    label(html, "loss ↑", LEFT - 8, TOP - 14, "end");
  }

  /** The nearest of 1, 2 and 5 times a power of ten that is not below. */
  private static double step(double atLeast) {
    double power = Math.pow(10, Math.floor(Math.log10(atLeast)));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= atLeast) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  private static void label(Html html, String text, double x, double y, String anchor) {
    html.leaf("text", text, "x", Bars.number(x), "y", Bars.number(y), "text-anchor", anchor);
  }

  private double x(long size) {
    double bytes = (double) size;
    double span = mostBytes - leastBytes;
    return LEFT + (RIGHT - LEFT) * (span > 0 ? (bytes - leastBytes) / span : 0.5);
  }

  private double y(double drop) {
    return BOTTOM - (BOTTOM - TOP) * (drop - lowest) / (highest - lowest);
  }
}
