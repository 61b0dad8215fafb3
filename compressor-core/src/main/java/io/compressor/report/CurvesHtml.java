package io.compressor.report;

import java.util.List;

/** Option curves as one HTML file that asks the network for nothing and runs nothing. */
final class CurvesHtml {
  private final OptionCurves curves;
  private final Html html = new Html();

  private CurvesHtml(OptionCurves curves) {
    this.curves = curves;
  }

  static String render(OptionCurves curves) {
    return new CurvesHtml(curves).page();
  }

  private String page() {
    html.open("html", "lang", "en").open("head");
    html.empty("meta", "charset", "utf-8");
    html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.empty("meta", "name", "color-scheme", "content", "light dark");
    html.empty(
        "meta",
        "http-equiv",
        "Content-Security-Policy",
        "content",
        "default-src 'none'; style-src 'unsafe-inline'");
    html.leaf("title", "Options of " + ReportHtml.fileName(curves.model()));
    html.style(ReportHtml.styleSheet());
    html.close().open("body").open("main");
    header();
    if (!curves.notes().isEmpty()) {
      html.open("ul", "class", "warnings");
      curves.notes().forEach(n -> html.leaf("li", n));
      html.close();
    }
    profile();
    if (!curves.trials().isEmpty()) {
      trials();
    }
    table();
    html.close();
    return html.end();
  }

  private void header() {
    html.open("header", "class", "verdict neutral");
    html.leaf("p", ReportHtml.fileName(curves.model()), "class", "models");
    html.leaf("h1", "Options of " + curves.curves().size() + " weights");
    html.leaf(
        "p",
        "What each weight would lose, alone, in each width: %s, on %d samples."
            .formatted(curves.loss(), curves.samples()),
        "class",
        "sentence");
    html.close();
  }

  private void profile() {
    html.open("section").leaf("h2", "Sensitivity of each weight");
    html.leaf(
        "p",
        "One mark a width, in the order of the model; the axis is logarithmic, right loses more.",
        "class",
        "note");
    new ProfilePlot(curves.curves()).draw(html);
    html.close();
  }

  private void trials() {
    html.open("section").leaf("h2", "Predicted against realised");
    html.leaf(
        "p",
        "%d random configurations. Rank correlation %s with terms between weights, %s without."
            .formatted(
                curves.trials().size(),
                Wording.significant(curves.spearman()),
                Wording.significant(curves.spearmanSingles())),
        "class",
        "note");
    new TrialPlot(curves.trials()).draw(html);
    html.close();
  }

  private void table() {
    html.open("section").leaf("h2", "All options");
    html.open("div", "class", "scroll").open("table").open("thead").open("tr");
    for (String head :
        List.of("weight", "width", "form", "kernel", "loss", "with others", "bytes", "ms")) {
      html.leaf("th", head);
    }
    html.close().close().open("tbody");
    for (OptionCurves.Curve curve : curves.curves()) {
      row(
          List.of(
              curve.name(),
              "float",
              "",
              curve.op(),
              "0",
              "0",
              Wording.bytes(curve.bytes()),
              millis(curve.millis())));
      for (OptionCurves.Point p : curve.points()) {
        row(
            List.of(
                "",
                p.bits() + " bits",
                p.encoding(),
                p.kernel(),
                Wording.significant(p.error()),
                Wording.significant(p.augmented()),
                Wording.bytes(p.bytes()),
                millis(p.millis())));
      }
    }
    html.close().close().close().close();
  }

  private static String millis(double ms) {
    return ms > 0 ? Wording.significant(ms) : "–";
  }

  private void row(List<String> cells) {
    html.open("tr");
    html.leaf("th", cells.get(0), "class", "name");
    cells.stream().skip(1).forEach(c -> html.leaf("td", c));
    html.close();
  }
}
