package io.compressor.formats.data;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.nio.file.Path;

/** Errors of this package, exit code 2. */
final class BadData {
  private BadData() {}

  /** Broken or unfitting data at a file, key or array. */
  static CompressorException in(String where, String message, String hint) {
    return new CompressorException(ErrorCode.DATA, where, message, hint);
  }

  static CompressorException in(String where, String message, String hint, Throwable cause) {
    return new CompressorException(ErrorCode.DATA, where, message, hint, cause);
  }

  /** A file that the system does not let us read. */
  static CompressorException unreadable(Path file, Exception cause) {
    String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new CompressorException(
        ErrorCode.IO,
        file.toString(),
        "cannot be read: " + why,
        "check that it exists and is readable",
        cause);
  }
}
