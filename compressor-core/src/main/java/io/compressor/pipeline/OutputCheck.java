package io.compressor.pipeline;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Everything about the output path that can be known before hours are spent. */
final class OutputCheck {
  private OutputCheck() {}

  static void check(Path input, Path output, boolean force) {
    Path folder = output.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw wrong(output, "the folder does not exist", "create it first");
    }
    if (!Files.isWritable(folder)) {
      throw wrong(output, "the folder is not writable", "choose another one");
    }
    if (Files.isDirectory(output)) {
      throw wrong(output, "is a folder, expected a file name", "add a name such as out.onnx");
    }
    if (Files.exists(output)) {
      if (isSame(input, output)) {
        throw wrong(
            output, "is the input itself", "choose another output; inputs are never changed");
      }
      if (!force) {
        throw wrong(output, "exists already", "use --force to replace it");
      }
    }
  }

  private static boolean isSame(Path a, Path b) {
    try {
      return Files.isSameFile(a, b);
    } catch (IOException e) {
      return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
    }
  }

  private static CompressorException wrong(Path output, String what, String hint) {
    return new CompressorException(ErrorCode.IO, output.toString(), what, hint);
  }
}
