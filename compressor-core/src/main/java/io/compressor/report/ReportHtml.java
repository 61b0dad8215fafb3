package io.compressor.report;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The report as one HTML file that asks the network for nothing and runs nothing: verdict first,
 * then the figures, then layer by layer why.
 */
public final class ReportHtml {
  private final Report report;
  private final Html html = new Html();

  private ReportHtml(Report report) {
    this.report = report;
  }

  public static String render(Report report) {
    return new ReportHtml(report).page();
  }

  private String page() {
    html.open("html", "lang", "en");
    head();
    html.open("body").open("main");
    verdict();
    warnings();
    new Cards(html, report).write();
    new QualitySection(html, report).write();
    new LayerSection(html, report).write();
    new OriginSection(html, report).write();
    html.close();
    html.leaf(
        "footer", "compressor " + report.tool().version() + " · report schema " + report.schema());
    return html.end();
  }

  private void head() {
    html.open("head");
    html.empty("meta", "charset", "utf-8");
    html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.empty("meta", "name", "color-scheme", "content", "light dark");
    html.empty(
        "meta",
        "http-equiv",
        "Content-Security-Policy",
        "content",
        "default-src 'none'; style-src 'unsafe-inline'");
    html.leaf("title", Headline.of(report).verdict() + " · " + fileName(report.model().path()));
    html.style(styleSheet());
    html.close();
  }

  private void verdict() {
    Headline headline = Headline.of(report);
    html.open("header", "class", "verdict " + headline.tone().css());
    html.open("p", "class", "models");
    html.leaf("span", fileName(report.model().path()), "class", "name");
    Report.Output output = report.output();
    if (output != null) {
      html.leaf("span", " → ").leaf("span", fileName(output.path()), "class", "name");
    }
    html.close();
    html.leaf("h1", headline.verdict());
    html.leaf("p", headline.sentence(), "class", "sentence");
    html.close();
  }

  private void warnings() {
    Report.Data data = report.data();
    if (data != null && (isRandom(data.calibration()) || isRandom(data.evaluation()))) {
      html.open("p", "class", "alarm", "role", "alert");
      html.leaf("strong", "Random data. ");
      html.text(
          "Made-up numbers stood in for real samples; no quality figure below means anything.");
      html.close();
    }
    if (!report.warnings().isEmpty()) {
      html.open("ul", "class", "warnings");
      report.warnings().forEach(w -> html.leaf("li", w));
      html.close();
    }
  }

  private static boolean isRandom(Report.@Nullable DataSet data) {
    return data != null && data.random();
  }

  /** Last element of a path, whatever the system that wrote it. */
  static String fileName(String path) {
    String forward = path.replace('\\', '/');
    String last = forward.substring(forward.lastIndexOf('/') + 1);
    return last.isEmpty() ? path : last;
  }

  static String styleSheet() {
    try (InputStream css = ReportHtml.class.getResourceAsStream("report.css")) {
      if (css == null) {
        throw new IOException("report.css is missing");
      }
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.INTERNAL, "report", "style sheet cannot be read", "reinstall the tool", e);
    }
  }
}
