package io.compressor.workspace;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;

/** Failures of the disk that a workspace lies on. */
final class Trouble {
  private Trouble() {}

  static CompressorException with(Path file, String what, IOException e) {
    return new CompressorException(
        ErrorCode.IO,
        file.toString(),
        what + ": " + e.getMessage(),
        "check that the workspace may be written to and has room, or give another --workspace",
        e);
  }
}
