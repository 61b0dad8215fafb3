package io.compressor.formats.data;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.ElementType;
import io.compressor.ir.MappedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/** Token ids of all samples, one after the other, in a mapped temporary file. */
final class TokenStore {
  private final MappedFile file;

  private TokenStore(MappedFile file) {
    this.file = file;
  }

  /** Appends {@code length} ids from {@code start} on, in the given type. */
  void copy(long start, int length, ElementType type, ByteBuffer out) {
    NumberCast.of(ElementType.INT32, type).append(file.slice(4 * start, 4 * length), out);
  }

  /** Takes ids in order; to be closed whether finished or not. */
  static final class Writer implements AutoCloseable {
    private final TemporaryFile file;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    private long size;

    Writer() {
      try {
        this.file = TemporaryFile.create(0);
      } catch (IOException e) {
        throw failed(e);
      }
    }

    /** Ids so far. */
    long size() {
      return size;
    }

    void append(long[] ids) {
      for (long id : ids) {
        if (!buffer.hasRemaining()) {
          flush();
        }
        buffer.putInt((int) id);
      }
      size += ids.length;
    }

    TokenStore finish() {
      flush();
      try {
        return new TokenStore(file.map());
      } catch (IOException e) {
        throw failed(e);
      }
    }

    private void flush() {
      FileChannel channel = file.channel();
      buffer.flip();
      try {
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      } catch (IOException e) {
        throw failed(e);
      }
      buffer.clear();
    }

    private static CompressorException failed(IOException e) {
      return new CompressorException(
          ErrorCode.IO,
          System.getProperty("java.io.tmpdir"),
          "temporary file for token ids cannot be written: " + e.getMessage(),
          "free some space or set -Djava.io.tmpdir",
          e);
    }

    @Override
    public void close() {
      try {
        file.close();
      } catch (IOException e) {
        throw failed(e);
      }
    }
  }

  /** Where samples lie in a store: start and length a row. */
  record Rows(long[] starts, int[] lengths) {
    int size() {
      return starts.length;
    }

    /**
     * Windows of {@code length} ids every {@code stride}; a short stream gives one short window.
     */
    static Rows windows(long total, int length, int stride) {
      if (total <= length) {
        return new Rows(new long[] {0}, new int[] {(int) total});
      }
      int n = Math.toIntExact((total - length) / stride + 1);
      long[] starts = new long[n];
      int[] lengths = new int[n];
      Arrays.setAll(starts, i -> (long) i * stride);
      Arrays.fill(lengths, length);
      return new Rows(starts, lengths);
    }
  }
}
