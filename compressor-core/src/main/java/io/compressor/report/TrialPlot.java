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
    Svg.line(html, "axis", LEFT, TOP + SIDE, LEFT + SIDE, TOP);
    Svg.decades(axis).forEach(d -> grid(html, d));
    for (OptionCurves.Trial t : trials) {
      mark(html, "hollow", t.singles(), t.realised());
    }
    for (OptionCurves.Trial t : trials) {
      mark(html, "full", t.predicted(), t.realised());
    }
    Svg.label(
        html,
        "predicted → (full: with terms between weights, hollow: without)",
        LEFT,
        444,
        "start");
    Svg.label(html, "realised ↑", LEFT - 8, 12, "start");
    html.close();
  }

  private void grid(Html html, int decade) {
    double at = SIDE * axis.at(Math.pow(10, decade));
    Svg.line(html, "grid", LEFT + at, TOP, LEFT + at, TOP + SIDE);
    Svg.line(html, "grid", LEFT, TOP + SIDE - at, LEFT + SIDE, TOP + SIDE - at);
    Svg.label(html, "1e" + decade, LEFT + at, TOP + SIDE + 16, "middle");
    Svg.label(html, "1e" + decade, LEFT - 8, TOP + SIDE - at + 4, "end");
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
}
