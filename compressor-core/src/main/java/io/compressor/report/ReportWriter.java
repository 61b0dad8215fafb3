package io.compressor.report;

import io.compressor.error.CompressorException;
import java.nio.file.Path;

/** Puts a report into a folder in all its forms. */
public final class ReportWriter {
  private ReportWriter() {}

  /**
   * Writes {@code report.json}, {@code report.html}, {@code report.md} and {@code junit.xml}. Each
   * is written beside its place and moved there, so that a reader never sees half a file; json
   * comes last, so whoever waits for it finds the others.
   *
   * @param folder made when absent
   * @throws CompressorException IO when the folder cannot be written
   */
  public static void write(Report report, Path folder) {
    ReportFolder into = ReportFolder.open(folder, "report");
    into.put("report.html", ReportHtml.render(report));
    into.put("report.md", ReportMarkdown.render(report));
    into.put("junit.xml", JUnitXml.render(report));
    into.put("report.json", ReportJson.write(report));
  }
}
