package io.compressor.formats.onnx;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.file.ContentHash;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A model with the files it lies in.
 *
 * @param path as given
 * @param files the model file first, then its external data files in order of path
 * @param bytes of all files together
 */
public record ModelFile(Path path, Model model, List<Path> files, long bytes) {
  public ModelFile {
    files = List.copyOf(files);
  }

  /**
   * Opens a model; weights stay in their files.
   *
   * @throws CompressorException as {@link OnnxReader#read(Path)}
   */
  public static ModelFile open(Path path) {
    Model model = OnnxReader.read(path);
    Path self = path.toAbsolutePath().normalize();
    List<Path> files = new ArrayList<>(List.of(path));
    for (Path source : SourceFiles.of(model)) {
      if (!source.toAbsolutePath().normalize().equals(self)) {
        files.add(source);
      }
    }
    return new ModelFile(path, model, files, files.stream().mapToLong(ModelFile::size).sum());
  }

  /** The files beside the model file that hold weights. */
  public List<Path> external() {
    return files.subList(1, files.size());
  }

  /** Lower-case hex SHA-256 over the contents of all files in order. */
  public String sha256() {
    return ContentHash.of(files);
  }

  /** Bytes of all initializers. */
  public long weightBytes() {
    return model.graph().initializers().values().stream().mapToLong(Tensor::byteCount).sum();
  }

  /** Elements of all initializers. */
  public long parameters() {
    return model.graph().initializers().values().stream().mapToLong(Tensor::elements).sum();
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO,
          file.toString(),
          "its size cannot be read: " + e.getMessage(),
          "check its permissions",
          e);
    }
  }
}
