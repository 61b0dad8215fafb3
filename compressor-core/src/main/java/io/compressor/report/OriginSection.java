package io.compressor.report;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What was left alone, what it was measured on, and how to do it again. */
record OriginSection(Html html, Report report) {
  private static final int MOST_NAMES = 100;

  void write() {
    if (!report.skipped().isEmpty()) {
      skipped();
    }
    List<String> rotations = report.rotations();
    if (rotations != null) {
      rotations(rotations);
    }
    Report.Data data = report.data();
    if (data != null) {
      data(data);
    }
    reproduce();
    environment();
  }

  private void skipped() {
    Map<String, List<Report.Skip>> byReason =
        report.skipped().stream()
            .collect(Collectors.groupingBy(Report.Skip::reason, TreeMap::new, Collectors.toList()));
    html.open("section").leaf("h2", "Left alone");
    byReason.forEach(this::skipped);
    html.close();
  }

  private void skipped(String reason, List<Report.Skip> skips) {
    html.open("details");
    html.open("summary").text(reason + " ");
    html.leaf("span", Wording.count(skips.size()), "class", "small");
    html.close();
    html.open("ul", "class", "names");
    skips.stream().limit(MOST_NAMES).forEach(s -> html.leaf("li", s.name(), "class", "name"));
    if (skips.size() > MOST_NAMES) {
      html.leaf("li", "and %s more".formatted(Wording.count(skips.size() - MOST_NAMES)));
    }
    html.close().close();
  }

  private void rotations(List<String> rotations) {
    html.open("section").leaf("h2", "Rotated or reordered").open("ul", "class", "names");
    rotations.forEach(r -> html.leaf("li", r));
    html.close().close();
  }

  private void data(Report.Data data) {
    html.open("section").leaf("h2", "Data").open("dl");
    set("calibration", data.calibration());
    set("evaluation", data.evaluation());
    html.close().close();
  }

  private void set(String role, Report.@Nullable DataSet set) {
    if (set == null) {
      return;
    }
    html.leaf("dt", role).open("dd");
    html.leaf("span", set.source(), "class", "name");
    html.text(
        " %s, %s samples, %s duplicates"
            .formatted(set.kind(), Wording.count(set.samples()), Wording.count(set.duplicates())));
    if (set.random()) {
      html.leaf("strong", " random", "class", "warn");
    }
    html.open("ul", "class", "names");
    set.filled().forEach(f -> html.leaf("li", "filled: " + f));
    set.notes().forEach(n -> html.leaf("li", n));
    html.leaf("li", "SHA-256 " + set.sha256(), "class", "hash");
    html.close().close();
  }

  private void reproduce() {
    html.open("section").leaf("h2", "Do it again");
    if (!report.provenance().command().isEmpty()) {
      html.leaf("pre", report.provenance().command());
    }
    html.open("dl");
    entry("input SHA-256", report.provenance().inputSha256());
    Report.Output output = report.output();
    if (output != null) {
      entry("output SHA-256", output.sha256());
    }
    if (report.provenance().dataSha256() != null) {
      entry("data SHA-256", report.provenance().dataSha256());
    }
    entry("seed", Long.toString(report.seed()));
    html.close();
    Report.Recipe recipe = report.recipe();
    if (recipe != null) {
      html.open("details").leaf("summary", "The recipe, with all defaults");
      html.leaf("pre", recipe.resolved());
      html.leaf("p", "SHA-256 " + recipe.sha256(), "class", "hash");
      html.close();
    }
    html.close();
  }

  private void environment() {
    html.open("section").leaf("h2", "Measured with").open("dl");
    entry("compressor", report.tool().version());
    entry("ONNX Runtime", report.tool().ortVersion());
    entry("JDK", report.tool().jdk());
    entry("processor", report.tool().cpu());
    entry("opset", Long.toString(report.model().opset()));
    entry("parameters", Wording.count(report.model().parameters()));
    Report.Resumed resumed = report.resumed();
    if (resumed != null && resumed.reused() > 0) {
      entry(
          "resumed",
          "%s of %s sites were already solved"
              .formatted(Wording.count(resumed.reused()), Wording.count(resumed.sites())));
    }
    Report.Timings timings = report.timings();
    if (timings != null) {
      timings
          .perStage()
          .forEach((stage, seconds) -> entry(stage, Wording.significant(seconds) + " s"));
    }
    html.close().close();
  }

  private void entry(String term, String value) {
    html.leaf("dt", term).leaf("dd", value);
  }
}
