package io.compressor.ir;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A file mapped read-only. Java 17 maps at most 2 GiB at once, so the file is covered by
 * overlapping windows: any slice up to {@link #MAX_SLICE} lies whole in one of them. Mapping costs
 * address space, not memory; the windows go when nothing refers to them any more.
 *
 * <p>Pages that were read stay resident as long as their mapping. A large slice therefore gets a
 * mapping of its own, which goes with the slice: who walks through a model's weights holds one
 * weight, not the model.
 */
public final class MappedFile {
  /** Longest slice taken from a window; longer ones get a mapping of their own. */
  public static final int MAX_SLICE = 1 << 29;

  private static final long WINDOW = 1L << 30;
  private static final int LARGE = 1 << 18;
  private static final Cleaner CLEANER = Cleaner.create();

  private final Path path;
  private final long size;
  private final FileChannel channel;
  private final List<MappedByteBuffer> windows = new ArrayList<>();

  private MappedFile(Path path, FileChannel channel) throws IOException {
    this.path = path;
    this.size = channel.size();
    this.channel = channel;
    for (long start = 0; start < size; start += MAX_SLICE) {
      windows.add(
          channel.map(FileChannel.MapMode.READ_ONLY, start, Math.min(WINDOW, size - start)));
    }
  }

  public static MappedFile open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      MappedFile file = new MappedFile(path, channel);
      CLEANER.register(file, () -> close(channel));
      return file;
    } catch (IOException | RuntimeException e) {
      close(channel);
      throw e;
    }
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // only read from: nothing can be lost
    }
  }

  public Path path() {
    return path;
  }

  /** Length in bytes when the file was opened. */
  public long size() {
    return size;
  }

  /** Read-only, little-endian view of [offset, offset + length). */
  public ByteBuffer slice(long offset, int length) {
    if (offset < 0 || length < 0 || offset > size - length) {
      throw new IllegalArgumentException("slice " + offset + "+" + length + " outside " + path);
    }
    if (length > MAX_SLICE) {
      return mapApart(offset, length);
    }
    if (length >= LARGE && channel.isOpen()) {
      try {
        return map(channel, offset, length);
      } catch (IOException e) {
        // An interrupted thread closes the channel under all others; the windows remain.
      }
    }
    if (length == 0) {
      return ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
    }
    int window = (int) (offset / MAX_SLICE);
    return windows
        .get(window)
        .slice((int) (offset - (long) window * MAX_SLICE), length)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer mapApart(long offset, int length) {
    try (FileChannel again = FileChannel.open(path, StandardOpenOption.READ)) {
      if (again.size() != size) {
        throw new IOException("its size changed from " + size + " to " + again.size());
      }
      return map(again, offset, length);
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO,
          path.toString(),
          "cannot map the file again: " + e.getMessage(),
          "leave a model's files in place while it is in use",
          e);
    }
  }

  private static ByteBuffer map(FileChannel channel, long offset, int length) throws IOException {
    return channel
        .map(FileChannel.MapMode.READ_ONLY, offset, length)
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
