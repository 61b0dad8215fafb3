package io.compressor.report;

import io.compressor.error.CompressorException;
import java.nio.file.Path;
import java.util.Locale;

/** Puts a report into a folder in all its forms. */
public final class ReportWriter {
  private ReportWriter() {}

  /**
   * Writes {@code report.json}, {@code report.html}, {@code report.md} and {@code junit.xml}, and
   * for each point of a front {@code points/NN.yaml}. Each is written beside its place and moved
   * there, so that a reader never sees half a file; json comes last, so whoever waits for it finds
   * the others.
   *
   * @param folder made when absent
   * @throws CompressorException IO when the folder cannot be written
   */
  public static void write(Report report, Path folder) {
    ReportFolder into = ReportFolder.open(folder, "report");
    into.put("report.html", ReportHtml.render(report));
    into.put("report.md", ReportMarkdown.render(report));
    into.put("junit.xml", JUnitXml.render(report));
    Report.Search search = report.search();
    if (search != null && search.front() != null) {
      ReportFolder points = ReportFolder.open(folder.resolve("points"), "recipes");
      for (int i = 0; i < search.front().size(); i++) {
        points.put(recipeName(i), search.front().get(i).recipe());
      }
    }
    into.put("report.json", ReportJson.write(report));
  }

  /** Of the recipe of a point, in the folder of points. */
  static String recipeName(int point) {
    return String.format(Locale.ROOT, "%02d.yaml", point + 1);
  }
}
