package io.compressor.cli;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.onnx.OnnxReader;
import io.compressor.ir.Bytes;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pipeline.ContentHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A model as named on the command line.
 *
 * @param bytes of the .onnx file alone
 * @param external files beside it that hold weights, with their sizes
 */
record ModelFile(Path path, Model model, long bytes, SortedMap<Path, Long> external) {

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
      return new ModelFile(path, model, Files.size(path), external(path, model));
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO, path.toString(), "cannot be read: " + e.getMessage(), "", e);
    }
  }

  /** Of all its files. */
  long totalBytes() {
    return bytes + external.values().stream().mapToLong(Long::longValue).sum();
  }

  /** SHA-256 over the contents of all its files, the model first, then the others by path. */
  String sha256() {
    List<Path> files = new ArrayList<>(List.of(path));
    files.addAll(external.keySet());
    return ContentHash.of(files);
  }

  private static SortedMap<Path, Long> external(Path path, Model model) {
    SortedMap<Path, Long> sizes = new TreeMap<>();
    Path self = path.toAbsolutePath().normalize();
    for (Tensor tensor : ModelWalk.over(model).tensors()) {
      if (tensor.data() instanceof Bytes.Region region
          && !region.file().path().toAbsolutePath().normalize().equals(self)) {
        sizes.put(region.file().path(), region.file().size());
      }
    }
    return sizes;
  }
}
