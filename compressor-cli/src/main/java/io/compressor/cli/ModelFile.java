package io.compressor.cli;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.onnx.OnnxReader;
import io.compressor.ir.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A model as named on the command line.
 *
 * @param bytes of the .onnx file alone
 */
record ModelFile(Path path, Model model, long bytes) {

  /**
   * Opens a model; weights stay in the file.
   *
   * @throws CompressorException USAGE for standard input, IO or MODEL for a file that will not do
   */
  static ModelFile open(Path path) {
    if (path.toString().equals("-")) {
      throw new CompressorException(
          ErrorCode.USAGE,
          "-",
          "a model cannot come from standard input",
          "weights are mapped from the file: give its path");
    }
    Model model = OnnxReader.read(path);
    try {
      return new ModelFile(path, model, Files.size(path));
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO, path.toString(), "cannot be read: " + e.getMessage(), "", e);
    }
  }
}
