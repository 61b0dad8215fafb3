package io.compressor.pipeline;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.onnx.OnnxReader;
import io.compressor.ir.Bytes;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A model with the files it lies in.
 *
 * @param files the model file first, then its external data files in order of name
 * @param bytes of all files together
 */
record ModelFile(Path path, Model model, java.util.List<Path> files, long bytes) {

  static ModelFile open(Path path) {
    Model model = OnnxReader.read(path);
    SortedSet<Path> external = new TreeSet<>();
    for (Tensor tensor : model.graph().initializers().values()) {
      if (tensor.data() instanceof Bytes.Region region && !isSame(region.file().path(), path)) {
        external.add(region.file().path());
      }
    }
    java.util.List<Path> files = new java.util.ArrayList<>(java.util.List.of(path));
    files.addAll(external);
    long bytes = 0;
    for (Path file : files) {
      bytes += size(file);
    }
    return new ModelFile(path, model, files, bytes);
  }

  /** Lower-case hex SHA-256 over the contents of all files in order. */
  String sha256() {
    return ContentHash.of(files);
  }

  /** Bytes of all initializers. */
  long weightBytes() {
    return model.graph().initializers().values().stream().mapToLong(Tensor::byteCount).sum();
  }

  /** Elements of all initializers. */
  long parameters() {
    return model.graph().initializers().values().stream().mapToLong(Tensor::elements).sum();
  }

  private static boolean isSame(Path a, Path b) {
    return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static CompressorException unreadable(Path file, IOException e) {
    return new CompressorException(
        ErrorCode.IO, file.toString(), "cannot be read: " + e.getMessage(), "check the file", e);
  }
}
