package io.compressor.cli;

import io.compressor.report.Report;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The end of a run on a terminal: the verdict first, then what it rests on. */
final class Summary {
  private static final int MAX_WARNINGS = 5;

  private final Report report;

  private Summary(Report report) {
    this.report = report;
  }

  static Summary of(Report report) {
    return new Summary(report);
  }

  void print(PrintWriter out, Style style) {
    verdict(out, style);
    Table facts = new Table("", ">before", "", ">after", "");
    size(facts);
    latency(facts);
    report.quality().forEach(q -> quality(facts, q));
    facts.print(out, style);
    rules(out, style);
    sites(out, style);
    report.rotated().ifPresent(out::println);
    warnings(out, style);
    Report.Resumed resumed = report.resumed();
    if (resumed != null && resumed.reused() > 0) {
      out.println(
          "resumed: %d of %d sites were already solved"
              .formatted(resumed.reused(), resumed.sites()));
    }
    if (report.output() != null) {
      out.println();
      out.println("model    " + report.output().path());
    }
  }

  private void verdict(PrintWriter out, Style style) {
    Report.Gate gate = report.gate();
    if (gate == null) {
      out.println(style.bold("done") + ", no gate was asked for");
    } else if (gate.passed()) {
      out.println(style.good("gate passed"));
    } else {
      out.println(style.bad("gate not met"));
    }
    out.println();
  }

  private void size(Table facts) {
    Report.Output output = report.output();
    if (output != null) {
      double share = (double) output.bytes() / Math.max(1, report.model().bytes());
      facts.row(
          "size",
          Units.bytes(report.model().bytes()),
          "->",
          Units.bytes(output.bytes()),
          String.format(
              Locale.ROOT, "%s, %.2f bits a weight", Units.percent(share), output.bitsPerWeight()));
    }
  }

  private void latency(Table facts) {
    Report.Latency latency = report.latency();
    if (latency != null) {
      facts.row(
          "latency",
          Units.figure(latency.baseMs()) + " ms",
          "->",
          Units.figure(latency.compressedMs()) + " ms",
          String.format(Locale.ROOT, "%.2fx as fast at %s", latency.ratio(), latency.shape()));
    }
  }

  private static void quality(Table facts, Report.Quality q) {
    facts.row(
        q.metric(),
        Units.figure(q.base()),
        "->",
        Units.figure(q.compressed()),
        String.format(
            Locale.ROOT,
            "drop %s, 95%% in [%s, %s], %d samples%s",
            Units.figure(q.drop()),
            Units.figure(q.dropLow()),
            Units.figure(q.dropHigh()),
            q.n(),
            q.note().isEmpty() ? "" : "; " + q.note()));
  }

  private void rules(PrintWriter out, Style style) {
    Report.Gate gate = report.gate();
    if (gate == null) {
      return;
    }
    out.println();
    for (Report.Rule rule : gate.rules()) {
      String mark =
          switch (rule.verdict()) {
            case PASSED -> style.good("passed");
            case FAILED -> style.bad("failed");
            case UNDECIDED -> style.bad("undecided");
          };
      out.println(
          mark + "  " + rule.rule() + (rule.note().isEmpty() ? "" : "\n        " + rule.note()));
    }
  }

  private void sites(PrintWriter out, Style style) {
    if (report.sites().isEmpty()) {
      report.skipped().stream()
          .findFirst()
          .ifPresent(
              first ->
                  out.printf(
                      "%n%s %d weights were left as they were; '%s': %s%n",
                      style.bad("nothing compressed:"),
                      report.skipped().size(),
                      first.name(),
                      first.reason()));
      return;
    }
    Map<String, long[]> groups = new LinkedHashMap<>();
    for (Report.Site s : report.sites()) {
      long[] sum = groups.computeIfAbsent(s.choice() + "\t" + s.encoding(), k -> new long[3]);
      sum[0]++;
      sum[1] += s.bytesBefore();
      sum[2] += s.bytesAfter();
    }
    out.println();
    Table table = new Table("stored as", "written as", ">weights", ">before", ">after");
    groups.forEach(
        (key, sum) -> {
          List<String> names = List.of(key.split("\t", -1));
          table.row(names.get(0), names.get(1), sum[0], Units.bytes(sum[1]), Units.bytes(sum[2]));
        });
    table.print(out, style);
    if (!report.skipped().isEmpty()) {
      out.println(report.skipped().size() + " left as they were; the report says why");
    }
  }

  private void warnings(PrintWriter out, Style style) {
    List<String> warnings = report.warnings();
    if (!warnings.isEmpty()) {
      out.println();
      warnings.stream()
          .limit(MAX_WARNINGS)
          .forEach(w -> out.println(style.bad("warning:") + " " + w));
      if (warnings.size() > MAX_WARNINGS) {
        out.println("and " + (warnings.size() - MAX_WARNINGS) + " more in the report");
      }
    }
  }
}
