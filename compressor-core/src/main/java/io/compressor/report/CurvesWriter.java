package io.compressor.report;

import io.compressor.error.CompressorException;
import java.nio.file.Path;

/** Puts option curves into a folder, {@code analysis.json} and {@code analysis.html}. */
public final class CurvesWriter {
  private CurvesWriter() {}

  /**
   * @param folder made when absent
   * @throws CompressorException IO when the folder cannot be written
   */
  public static void write(OptionCurves curves, Path folder) {
    ReportFolder into = ReportFolder.open(folder, "analysis");
    into.put("analysis.html", CurvesHtml.render(curves));
    into.put("analysis.json", json(curves));
  }

  /** The document, ended by a newline. */
  public static String json(OptionCurves curves) {
    return ReportJson.print(curves);
  }
}
