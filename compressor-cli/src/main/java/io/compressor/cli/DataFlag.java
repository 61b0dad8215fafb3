package io.compressor.cli;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.DataSource;
import io.compressor.formats.data.Dataset;
import io.compressor.formats.data.Datasets;
import io.compressor.formats.onnx.ModelFile;
import java.nio.file.Path;

/** Data named on the command line. */
final class DataFlag {
  private DataFlag() {}

  /** Where to read from; the tokenizer may lie beside the model. */
  static DataSource source(Path path, Path model, String option) {
    if (path.toString().equals("-")) {
      throw new CompressorException(
          ErrorCode.USAGE,
          option + " -",
          "data cannot come from standard input",
          "it is read more than once: give a path");
    }
    return DataSource.of(path).nearModel(model);
  }

  /** Opens data for a model; the caller closes it. */
  static Dataset open(Path path, ModelFile model, String option) {
    return Datasets.open(
        source(path, model.path(), option), model.model().graph().requiredInputs());
  }
}
