package io.compressor.cli;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.onnx.ModelFile;
import java.nio.file.Path;

/** A model as named on the command line. */
final class ModelArgument {
  private ModelArgument() {}

  /**
   * Opens a model; weights stay in the file.
   *
   * @throws CompressorException USAGE for standard input, IO or MODEL for a file that will not do
   */
  static ModelFile open(Path path) {
    refuseStandardInput(path);
    return ModelFile.open(path);
  }

  /** Weights are mapped, which a stream cannot be. */
  static void refuseStandardInput(Path path) {
    if (path.toString().equals("-")) {
      throw new CompressorException(
          ErrorCode.USAGE,
          "-",
          "a model cannot come from standard input",
          "weights are mapped from the file: give its path");
    }
  }
}
