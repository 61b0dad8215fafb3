package io.compressor.report;

import java.util.List;

/** The gate as JUnit reads it: one test case per rule. What is undecided has failed. */
public final class JUnitXml {
  private JUnitXml() {}

  public static String render(Report report) {
    Report.Gate gate = report.gate();
    List<Report.Rule> rules = gate == null ? List.of() : gate.rules();
    long failures = rules.stream().filter(r -> !r.passed()).count();
    StringBuilder out = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.append(
        "<testsuites name=\"compressor\" tests=\"%d\" failures=\"%d\">\n"
            .formatted(rules.size(), failures));
    out.append(
        "  <testsuite name=\"gate\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"0\">\n"
            .formatted(rules.size(), failures));
    String subject = Markup.escape(Markup.plain(ReportHtml.fileName(report.model().path())));
    for (Report.Rule rule : rules) {
      out.append(
          "    <testcase classname=\"compressor.gate.%s\" name=\"%s\""
              .formatted(subject, attribute(rule.rule())));
      out.append(rule.passed() ? passed(rule) : failed(rule));
    }
    return out.append("  </testsuite>\n</testsuites>\n").toString();
  }

  private static String passed(Report.Rule rule) {
    return rule.note().isEmpty()
        ? "/>\n"
        : ">\n      <system-out>%s</system-out>\n    </testcase>\n"
            .formatted(Markup.escape(rule.note()));
  }

  private static String failed(Report.Rule rule) {
    String message =
        "%s: limit %s, value %s"
            .formatted(rule.verdict(), Wording.value(rule.limit()), Wording.value(rule.value()));
    return ">\n      <failure type=\"%s\" message=\"%s\">%s</failure>\n    </testcase>\n"
        .formatted(rule.verdict(), attribute(message), Markup.escape(rule.note()));
  }

  private static String attribute(String text) {
    return Markup.escape(Markup.plain(text));
  }
}
