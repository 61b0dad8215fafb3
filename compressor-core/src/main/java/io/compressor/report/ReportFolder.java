package io.compressor.report;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.file.StagedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where documents go. Each is written beside its place and moved there, so that a reader never sees
 * half a file.
 */
record ReportFolder(Path folder) {
  /**
   * @param folder made when absent
   * @param what goes there, for the message
   * @throws CompressorException IO when the folder cannot be made
   */
  static ReportFolder open(Path folder, String what) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO,
          folder.toString(),
          "cannot write the " + what + ": " + e.getMessage(),
          "check that the folder can be written and the disk is not full",
          e);
    }
    return new ReportFolder(folder);
  }

  void put(String name, String text) {
    StagedFile.write(folder.resolve(name), text.getBytes(StandardCharsets.UTF_8));
  }
}
