package io.compressor.report;

import java.util.List;
import java.util.stream.DoubleStream;

/** Predicted loss to the right, realised loss upwards, both logarithmic; on the line they agree. */
final class TrialPlot {
  private static final double LEFT = 70;
  private static final double SIDE = 380;
  private static final double TOP = 20;

  private final List<OptionCurves.Trial> trials;
  private final Bars.Axis axis;

  TrialPlot(List<OptionCurves.Trial> trials) {
    this.trials = trials;
    this.axis =
        Bars.Axis.over(
            trials.stream()
                .flatMapToDouble(t -> DoubleStream.of(t.predicted(), t.singles(), t.realised()))
                .toArray());
  }

  void draw(Html html) {
    html.open(
        "svg",
        "class",
        "plot",
        "viewBox",
        "0 0 480 450",
        "role",
        "img",
        "aria-label",
        "realised against predicted loss of " + trials.size() + " configurations");
    line(html, "axis", LEFT, TOP + SIDE, LEFT + SIDE, TOP);
    if (axis.high() > 0) {
      int to = (int) Math.floor(Math.log10(axis.high()));
      for (int d = (int) Math.ceil(Math.log10(axis.low())); d <= to; d++) {
        double at = SIDE * axis.at(Math.pow(10, d));
        line(html, "grid", LEFT + at, TOP, LEFT + at, TOP + SIDE);
        line(html, "grid", LEFT, TOP + SIDE - at, LEFT + SIDE, TOP + SIDE - at);
        label(html, "1e" + d, LEFT + at, TOP + SIDE + 16, "middle");
        label(html, "1e" + d, LEFT - 8, TOP + SIDE - at + 4, "end");
      }
    }
    for (OptionCurves.Trial t : trials) {
      mark(html, "hollow", t.singles(), t.realised());
    }
    for (OptionCurves.Trial t : trials) {
      mark(html, "full", t.predicted(), t.realised());
    }
    label(
        html,
        "predicted → (full: with terms between weights, hollow: without)",
        LEFT,
        444,
        "start");
    label(html, "realised ↑", LEFT - 8, 12, "start");
    html.close();
  }

  private void mark(Html html, String css, double predicted, double realised) {
    html.leaf(
        "circle",
        "",
        "class",
        css,
        "cx",
        Bars.number(LEFT + SIDE * axis.at(predicted)),
        "cy",
        Bars.number(TOP + SIDE - SIDE * axis.at(realised)),
        "r",
        "3.5");
  }

  private static void line(Html html, String css, double x1, double y1, double x2, double y2) {
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

  private static void label(Html html, String text, double x, double y, String anchor) {
    html.leaf("text", text, "x", Bars.number(x), "y", Bars.number(y), "text-anchor", anchor);
  }
}
