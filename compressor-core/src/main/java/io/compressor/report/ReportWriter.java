package io.compressor.report;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.file.StagedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO,
          folder.toString(),
          "cannot write the report: " + e.getMessage(),
          "check that the folder can be written and the disk is not full",
          e);
    }
    put(folder.resolve("report.html"), ReportHtml.render(report));
    put(folder.resolve("report.md"), ReportMarkdown.render(report));
    put(folder.resolve("junit.xml"), JUnitXml.render(report));
    put(folder.resolve("report.json"), ReportJson.write(report));
  }

  private static void put(Path target, String text) {
    StagedFile.write(target, text.getBytes(StandardCharsets.UTF_8));
  }
}
