package io.compressor.formats.onnx;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Bytes;
import io.compressor.ir.MappedFile;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads ONNX models. Files are mapped and only the structure is decoded: time and memory do not
 * depend on the weights, which stay in the file until somebody asks a tensor for them.
 */
public final class OnnxReader {
  private OnnxReader() {}

  /**
   * Reads a model file and locates its external data.
   *
   * @throws CompressorException IO when the file cannot be read; MODEL when it is no valid ONNX, or
   *     when external data is missing, too short or outside the model's folder
   */
  public static Model read(Path path) {
    Bytes file = mapped(path);
    Path folder = path.toAbsolutePath().resolveSibling("");
    return read(file, path.toString(), ExternalFiles.in(folder));
  }

  /**
   * Reads a model from memory. Tensors share the array, which must not change afterwards.
   *
   * @throws CompressorException MODEL when it is no valid ONNX or has external data
   */
  public static Model read(byte[] bytes) {
    return read(
        Bytes.of(bytes),
        "model in memory",
        ExternalFiles.none("the model was read from memory", "read the model from its file"));
  }

  /**
   * Reads a file of one TensorProto, as ONNX test data are stored.
   *
   * @throws CompressorException IO when the file cannot be read; MODEL when it holds no tensor, or
   *     one with external data
   */
  public static Tensor readTensor(Path path) {
    Place place = new Place(path.toString());
    Bytes file = mapped(path);
    if (file.size() == 0) {
      throw place.fault("the file is empty", "write it once more");
    }
    ExternalFiles none =
        ExternalFiles.none("test data are read from one file", "store the tensor's data in it");
    return TensorReader.read(file, new ReadScope(place, none));
  }

  private static Bytes mapped(Path path) {
    try {
      if (Files.exists(path) && !Files.isRegularFile(path)) {
        throw new CompressorException(
            ErrorCode.IO, path.toString(), "not a regular file", "give the .onnx file itself");
      }
      MappedFile mapped = MappedFile.open(path);
      return new Bytes.Region(mapped, 0, mapped.size());
    } catch (NoSuchFileException e) {
      throw new CompressorException(
          ErrorCode.IO, path.toString(), "file not found", "check the path", e);
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO,
          path.toString(),
          "cannot read the file: " + e.getMessage(),
          "check its permissions",
          e);
    }
  }

  private static Model read(Bytes file, String name, ExternalFiles externalFiles) {
    Place place = new Place(name);
    if (file.size() == 0) {
      throw place.fault("the file is empty", "download or export the model once more");
    }
    try {
      return ModelReader.read(file, new ReadScope(place, externalFiles));
    } catch (CompressorException e) {
      throw ForeignFormat.of(file)
          .map(f -> new Place(name).fault("not an ONNX model but " + f.what(), f.hint()))
          .orElse(e);
    } catch (OutOfMemoryError e) {
      throw new CompressorException(
          ErrorCode.MODEL,
          name,
          "the model's structure alone does not fit the heap, with "
              + file.size()
              + " bytes of file",
          "give Java more memory (-Xmx) if you trust the file",
          e);
    }
  }
}
