package io.compressor.report;

import java.util.List;
import java.util.Locale;

/** The gate's rules, all metrics, and the search behind the choice. */
record QualitySection(Html html, Report report) {
  void write() {
    Report.Gate gate = report.gate();
    if (gate != null && !gate.rules().isEmpty()) {
      gate(gate);
    }
    if (!report.quality().isEmpty()) {
      metrics();
    }
    Report.Search search = report.search();
    if (search != null && !search.pareto().isEmpty()) {
      search(search);
    }
  }

  private void gate(Report.Gate gate) {
    html.open("section").leaf("h2", "Gate");
    html.open("ul", "class", "rules");
    for (Report.Rule rule : gate.rules()) {
      html.open("li", "class", tone(rule.verdict()));
      html.leaf("strong", rule.verdict().name().toLowerCase(Locale.ROOT), "class", "badge");
      html.leaf("span", rule.rule(), "class", "name");
      html.leaf("span", rule.note(), "class", "note");
      html.close();
    }
    html.close().close();
  }

  private static String tone(Report.Verdict verdict) {
    return switch (verdict) {
      case PASSED -> "good";
      case FAILED -> "bad";
      case UNDECIDED -> "doubtful";
    };
  }

  private void metrics() {
    html.open("section").leaf("h2", "Quality");
    html.open("div", "class", "scroll").open("table");
    html.open("thead").open("tr");
    for (String title : new String[] {"metric", "base", "compressed", "change"}) {
      html.leaf("th", title, "scope", "col");
    }
    html.leaf("th", "worse ← 95% interval → better", "scope", "col", "class", "wide");
    html.leaf("th", "n", "scope", "col");
    html.close().close().open("tbody");
    report.quality().forEach(this::metric);
    html.close().close().close();
    html.leaf(
        "p",
        "Both models saw the same samples; intervals are of the paired difference.",
        "class",
        "small");
    html.close();
  }

  private void metric(Report.Quality q) {
    html.open("tr");
    html.leaf("th", q.metric(), "scope", "row");
    cell("base", q.againstBase() ? "–" : Wording.value(q.base()));
    cell("compressed", Wording.value(q.compressed()));
    cell("change", q.againstBase() ? "–" : Wording.change(q, q.drop()));
    html.open("td", "class", "wide");
    interval(html, q);
    html.leaf("span", q.note().isEmpty() ? Wording.interval(q) : q.note(), "class", "small");
    html.close();
    cell("n", Wording.count(q.n()));
    html.close();
  }

  /** The label shows where the table is too narrow for its head. */
  private void cell(String label, String text) {
    html.leaf("td", text, "data-label", label);
  }

  /** The interval drawn so that right is better, whatever the metric's direction. */
  static void interval(Html html, Report.Quality q) {
    double reach = Math.max(Math.abs(q.dropLow()), Math.abs(q.dropHigh()));
    if (!q.againstBase() && Double.isFinite(reach) && Double.isFinite(q.drop())) {
      String tone = q.dropLow() > 0 ? "bad" : q.dropHigh() < 0 ? "good" : "neutral";
      new Bars(html)
          .interval(-q.dropHigh(), -q.drop(), -q.dropLow(), reach, tone, "change of " + q.metric());
    }
  }

  private void search(Report.Search search) {
    html.open("section").leaf("h2", "Search");
    html.leaf(
        "p",
        "%s candidates were evaluated; these lost least for their size."
            .formatted(Wording.count(search.evaluations())),
        "class",
        "small");
    Report.Output output = report.output();
    new ParetoPlot(search.pareto()).draw(html, output == null ? 0 : output.bytes());
    if (search.front() != null) {
      front(search.front());
    }
    html.close();
  }

  /** Each point with the recipe that makes it. */
  private void front(List<FrontPoint> points) {
    html.open("table").open("thead").open("tr");
    for (String head : List.of("size", "loss", "predicted", "recipe")) {
      html.leaf("th", head);
    }
    html.close().close().open("tbody");
    for (int i = 0; i < points.size(); i++) {
      FrontPoint p = points.get(i);
      html.open("tr");
      html.leaf("td", Wording.bytes(p.bytes()));
      html.leaf("td", Wording.value(p.loss()));
      html.leaf("td", Wording.value(p.predicted()));
      html.leaf("td", "points/" + ReportWriter.recipeName(i));
      html.close();
    }
    html.close().close();
  }
}
