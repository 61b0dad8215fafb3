package io.compressor.statistics.stage;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes one value of sample after sample. Closed without {@link #finish} it leaves nothing. */
final class ColumnWriter implements AutoCloseable {
  /** Heap buffers pass through a direct copy of their size: keep it small. */
  private static final int STEP = 1 << 20;

  private static final int ALIGNMENT = 64;

  private final String value;
  private final Path file;
  private final FileChannel channel;
  private final List<long[]> shapes = new ArrayList<>();
  private final List<Long> offsets = new ArrayList<>();
  private @Nullable ElementType type;
  private @Nullable ActivationColumn finished;
  private long position;

  /**
   * @param value for messages
   * @param file to create
   */
  ColumnWriter(String value, Path file) {
    this.value = value;
    this.file = file;
    try {
      this.channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw ActivationColumn.failed(file, "written", e);
    }
  }

  /**
   * @throws CompressorException MODEL when the value has another element type than before, or one
   *     that cannot be stored; IO
   */
  void append(Tensor tensor) {
    type = type == null ? tensor.type() : type;
    if (tensor.type() != type || tensor.type() == ElementType.STRING) {
      throw new CompressorException(
          ErrorCode.MODEL,
          value,
          "sample %d gives %s, expected %s"
              .formatted(
                  shapes.size(),
                  tensor.type(),
                  tensor.type() == ElementType.STRING ? "numbers" : type),
          "this model cannot be run in stages");
    }
    try {
      offsets.add(position);
      shapes.add(tensor.dims());
      tensor.data().forEachChunk(this::write);
      position += Math.floorMod(-position, ALIGNMENT);
    } catch (UncheckedIOException e) {
      throw ActivationColumn.failed(file, "written", e);
    }
  }

  private void write(ByteBuffer chunk) {
    try {
      ByteBuffer rest = chunk.duplicate();
      while (rest.hasRemaining()) {
        int step = rest.isDirect() ? rest.remaining() : Math.min(rest.remaining(), STEP);
        int written = channel.write(rest.slice(rest.position(), step), position);
        rest.position(rest.position() + written);
        position += written;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What was written, open for reading. */
  ActivationColumn finish() {
    finished =
        new ActivationColumn(
            file,
            channel,
            type == null ? ElementType.FLOAT : type,
            shapes,
            offsets.stream().mapToLong(Long::longValue).toArray());
    return finished;
  }

  @Override
  public void close() {
    if (finished == null) {
      finish().close();
    }
  }
}
