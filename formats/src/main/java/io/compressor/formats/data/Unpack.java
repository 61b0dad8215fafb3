package io.compressor.formats.data;

import io.compressor.ir.MappedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Inflates raw deflate data, never more than was promised. */
final class Unpack {
  private static final int CHUNK = 1 << 16;

  private Unpack() {}

  /** Packed bytes from an offset on, at most {@code most} of them; empty at the end. */
  interface Source {
    ByteBuffer from(long offset, int most);
  }

  /** Somewhere unpacked bytes go. */
  private interface Sink {
    void accept(ByteBuffer chunk) throws IOException;
  }

  /** The first {@code length} unpacked bytes. */
  static ByteBuffer head(Source packed, int length, String where) {
    ByteBuffer out = ByteBuffer.allocate(length);
    try {
      inflate(packed, length, where, out::put);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.flip();
  }

  /** Everything, into a temporary file that goes away with its mapping. */
  static MappedFile toTemporary(Source packed, long size, long crc, Path archive, String where) {
    CRC32 sum = new CRC32();
    try (TemporaryFile file = TemporaryFile.create(size)) {
      FileChannel channel = file.channel();
      inflate(
          packed,
          size,
          where,
          chunk -> {
            sum.update(chunk.duplicate());
            while (chunk.hasRemaining()) {
              channel.write(chunk);
            }
          });
      if (sum.getValue() != crc) {
        throw BadData.in(where, "checksum does not match", "the file is damaged; write it again");
      }
      return file.map();
    } catch (IOException e) {
      throw BadData.unreadable(archive, e);
    }
  }

  private static void inflate(Source packed, long size, String where, Sink sink)
      throws IOException {
    Inflater inflater = new Inflater(true);
    ByteBuffer out = ByteBuffer.allocate(CHUNK);
    long read = 0;
    long done = 0;
    try {
      while (done < size) {
        if (inflater.needsInput()) {
          ByteBuffer in = packed.from(read, CHUNK);
          read += in.remaining();
          inflater.setInput(in);
        }
        out.clear().limit((int) Math.min(CHUNK, size - done));
        int got = inflater.inflate(out);
        if (got == 0 && (inflater.finished() || !packed.from(read, 1).hasRemaining())) {
          throw BadData.in(
              where, "%d bytes, promised %d".formatted(done, size), "the file is truncated");
        }
        done += got;
        sink.accept(out.flip());
      }
    } catch (DataFormatException e) {
      throw BadData.in(where, "broken deflate data", "the file is damaged; write it again", e);
    } finally {
      inflater.end();
    }
  }
}
