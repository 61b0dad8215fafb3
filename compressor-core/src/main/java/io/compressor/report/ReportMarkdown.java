package io.compressor.report;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The report short enough for a comment on a pull request. */
public final class ReportMarkdown {
  private static final int MOST_LAYERS = 10;
  private static final char WORD_JOINER = '\u2060';

  private final Report report;
  private final StringBuilder out = new StringBuilder();

  private ReportMarkdown(Report report) {
    this.report = report;
  }

  public static String render(Report report) {
    return new ReportMarkdown(report).page();
  }

  private String page() {
    Headline headline = Headline.of(report);
    line(
        "### %s %s"
            .formatted(headline.verdict(), code(ReportHtml.fileName(report.model().path()))));
    line("");
    line(prose(headline.sentence()));
    for (String warning : report.warnings()) {
      line("");
      line("> **Warning:** " + prose(warning));
    }
    random();
    Report.Gate gate = report.gate();
    if (gate != null && !gate.rules().isEmpty()) {
      gate(gate);
    }
    if (!report.quality().isEmpty()) {
      quality();
    }
    if (report.sites().size() > 0) {
      layers();
    }
    if (!report.skipped().isEmpty()) {
      line("");
      line(
          "%s weights were left alone; reasons are in the report."
              .formatted(Wording.count(report.skipped().size())));
    }
    report
        .rotated()
        .ifPresent(
            r -> {
              line("");
              line(prose(r) + ".");
            });
    return out.toString();
  }

  private void random() {
    Report.Data data = report.data();
    if (data == null) {
      return;
    }
    Report.DataSet calibration = data.calibration();
    Report.DataSet evaluation = data.evaluation();
    if ((calibration != null && calibration.random())
        || (evaluation != null && evaluation.random())) {
      line("");
      line("> **Random data:** no quality figure means anything.");
    }
  }

  private void gate(Report.Gate gate) {
    line("");
    line("| gate | | |");
    line("|---|---|---|");
    for (Report.Rule rule : gate.rules()) {
      String verdict = rule.verdict().name().toLowerCase(Locale.ROOT);
      line("| %s | %s | %s |".formatted(code(rule.rule()), verdict, prose(rule.note())));
    }
  }

  private void quality() {
    line("");
    line("| metric | base | compressed | change | 95% interval | n |");
    line("|---|--:|--:|--:|--:|--:|");
    for (Report.Quality q : report.quality()) {
      line(
          "| %s | %s | %s | %s | %s | %s |"
              .formatted(
                  code(q.metric()),
                  q.againstBase() ? "–" : Wording.value(q.base()),
                  Wording.value(q.compressed()),
                  q.againstBase() ? "–" : Wording.change(q, q.drop()),
                  q.note().isEmpty() ? Wording.interval(q) : prose(q.note()),
                  Wording.count(q.n())));
    }
  }

  private void layers() {
    List<Report.Site> largest =
        report.sites().stream()
            .sorted(
                Comparator.comparingLong(Report.Site::bytesBefore)
                    .reversed()
                    .thenComparing(Report.Site::name))
            .limit(MOST_LAYERS)
            .toList();
    line("");
    line(
        "<details><summary>Largest %d of %d weights</summary>"
            .formatted(largest.size(), report.sites().size()));
    line("");
    line("| weight | choice | bytes |");
    line("|---|---|--:|");
    for (Report.Site site : largest) {
      String choice = site.choice().isEmpty() ? "unchanged" : site.choice();
      String bytes = Wording.bytes(site.bytesBefore()) + " → " + Wording.bytes(site.bytesAfter());
      line("| %s | %s | %s |".formatted(code(site.name()), prose(choice), bytes));
    }
    line("");
    line("</details>");
  }

  private void line(String text) {
    out.append(text).append('\n');
  }

  /** In a code span nothing is markup, nobody is mentioned and nothing is a link. */
  private static String code(String text) {
    String plain = Markup.plain(text).replace('`', '\'').replace("|", "\\|").strip();
    return plain.isEmpty() ? "" : "`" + plain + "`";
  }

  /** Escaped; a word joiner after @ and # keeps them from naming people and issues. */
  private static String prose(String text) {
    StringBuilder safe = new StringBuilder();
    Markup.plain(text)
        .codePoints()
        .forEach(
            c -> {
              if ("\\`*_[]<>|#@!~".indexOf(c) >= 0) {
                safe.append('\\');
              }
              safe.appendCodePoint(c);
              if (c == '@' || c == '#') {
                safe.append(WORD_JOINER);
              }
            });
    return safe.toString();
  }
}
