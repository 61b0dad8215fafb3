package io.compressor.statistics.stage;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * One value for every sample, in a file: raw little-endian tensors one after the other. Samples may
 * have different shapes but share the element type. Safe to read from many threads.
 *
 * <p>A tensor is mapped for the time it is looked at and no longer: so the disk space comes free as
 * soon as the file is deleted, not when the garbage collector finds an old mapping.
 */
final class ActivationColumn implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final ElementType type;
  private final List<long[]> shapes;
  private final long[] offsets;

  /**
   * @param offsets where each sample begins
   */
  ActivationColumn(
      Path file, FileChannel channel, ElementType type, List<long[]> shapes, long[] offsets) {
    this.file = file;
    this.channel = channel;
    this.type = type;
    this.shapes = List.copyOf(shapes);
    this.offsets = offsets;
  }

  ElementType type() {
    return type;
  }

  int size() {
    return offsets.length;
  }

  /** Axes of the first sample. */
  int rank() {
    return shapes.get(0).length;
  }

  /** Of all samples together. */
  long bytes() {
    return shapes.stream().mapToLong(d -> type.byteCount(elements(d))).sum();
  }

  /** The value of one sample, over the mapped file. */
  Tensor tensor(String name, int sample) {
    long[] dims = shapes.get(sample);
    long length = type.byteCount(elements(dims));
    try {
      return Tensor.of(
          name,
          type,
          dims,
          length == 0
              ? Bytes.empty()
              : Bytes.of(
                  channel
                      .map(FileChannel.MapMode.READ_ONLY, offsets[sample], length)
                      .order(ByteOrder.LITTLE_ENDIAN)));
    } catch (IOException e) {
      throw failed(file, "read", e);
    }
  }

  /** Deletes the file. */
  @Override
  public void close() {
    try {
      channel.close();
      Files.deleteIfExists(file);
    } catch (IOException e) {
      file.toFile().deleteOnExit(); // a system that keeps mapped files: when the process ends
    }
  }

  static CompressorException failed(Path file, String what, Exception e) {
    return new CompressorException(
        ErrorCode.IO,
        file.toString(),
        "activations cannot be " + what + ": " + e,
        "check that the folder has room, or name another with --workspace",
        e);
  }

  private static long elements(long[] dims) {
    return Arrays.stream(dims).reduce(1, Math::multiplyExact);
  }
}
