package io.compressor.pipeline;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.onnx.ModelFile;
import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.formats.onnx.WriteOptions;
import io.compressor.ir.Model;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The compressed model as a file in a folder of its own beside the target, for as long as it is
 * being judged: a run that is cancelled or fails meanwhile leaves the target as it was.
 *
 * @param folder temporary; gone when closed
 */
record Candidate(ClaimedFolder folder, ModelFile file) implements AutoCloseable {

  static Candidate write(Model model, CompressionRequest request) {
    Path target = request.output().toAbsolutePath();
    try {
      ClaimedFolder folder = ClaimedFolder.beside(target);
      try {
        Path file = folder.path().resolve(target.getFileName());
        OnnxWriter.write(model, file, options(request));
        return new Candidate(folder, ModelFile.open(file));
      } catch (RuntimeException e) {
        folder.close();
        throw e;
      }
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  /** Moves the files to the target, if this is what is to lie there and the file system can. */
  boolean moveTo(Path target, Model model) {
    return OnnxWriter.move(model, file.path(), target.toAbsolutePath());
  }

  /** Where weights go: into the model file up to 2 GB, beside it when asked for or above. */
  static WriteOptions options(CompressionRequest request) {
    return request.externalData()
        ? WriteOptions.of(WriteOptions.ExternalData.ALWAYS)
        : WriteOptions.auto();
  }

  @Override
  public void close() {
    try {
      folder.close();
    } catch (IOException e) {
      throw failed(folder.path(), e);
    }
  }

  private static CompressorException failed(Path where, IOException e) {
    return new CompressorException(
        ErrorCode.IO,
        where.toString(),
        "cannot be written: " + e.getMessage(),
        "check that the disk is not full",
        e);
  }
}
