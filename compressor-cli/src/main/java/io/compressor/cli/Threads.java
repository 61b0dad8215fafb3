package io.compressor.cli;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How many threads may work. */
final class Threads {
  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads to use (default: all processors). Never changes a result.")
  @Nullable Integer threads;

  int count() {
    if (threads == null) {
      return Runtime.getRuntime().availableProcessors();
    }
    if (threads < 1) {
      throw new CompressorException(
          ErrorCode.USAGE, "--threads", "found " + threads + ", expected 1 or more", "");
    }
    return threads;
  }
}
