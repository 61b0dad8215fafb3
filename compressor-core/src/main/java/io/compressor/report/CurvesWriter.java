package io.compressor.report;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.file.StagedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Puts option curves into a folder, {@code analysis.json} and {@code analysis.html}. */
public final class CurvesWriter {
  private CurvesWriter() {}

  /**
   * @param folder made when absent
   * @throws CompressorException IO when the folder cannot be written
   */
  public static void write(OptionCurves curves, Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO,
          folder.toString(),
          "cannot write the analysis: " + e.getMessage(),
          "check that the folder can be written and the disk is not full",
          e);
    }
    put(folder.resolve("analysis.html"), CurvesHtml.render(curves));
    put(folder.resolve("analysis.json"), json(curves));
  }

  /** The document, ended by a newline. */
  public static String json(OptionCurves curves) {
    return ReportJson.print(curves);
  }

  private static void put(Path target, String text) {
    StagedFile.write(target, text.getBytes(StandardCharsets.UTF_8));
  }
}
