package io.compressor.formats.file;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A file that appears whole or not at all: written under a temporary name beside its target, forced
 * to the disk, then moved. Closed without a commit it leaves nothing behind.
 */
public final class StagedFile implements AutoCloseable {
  /** Heap buffers pass through a direct copy of their size: keep it small. */
  private static final int HEAP_STEP = 1 << 20;

  private final Path target;
  private final Path temporary;
  private final FileChannel channel;
  private long position;
  private boolean committed;

  private StagedFile(Path target, Path temporary, FileChannel channel) {
    this.target = target;
    this.temporary = temporary;
    this.channel = channel;
  }

  /**
   * Writes a whole small file.
   *
   * @throws CompressorException IO
   */
  public static void write(Path target, byte[] content) {
    try (StagedFile file = beside(target)) {
      file.append(Bytes.of(content));
      file.force();
      file.commit();
    }
  }

  /**
   * @throws CompressorException IO, as all methods
   */
  public static StagedFile beside(Path target) {
    try {
      int attempt = 0;
      while (true) {
        Path temporary = temporary(target, Integer.toString(attempt));
        try {
          return new StagedFile(
              target,
              temporary,
              FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        } catch (FileAlreadyExistsException e) {
          attempt++; // another process is writing, or was killed: both are none of ours
        }
      }
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  /**
   * Deletes what killed processes left of a target; only where none can be writing it.
   *
   * @param name of the target, or a glob
   */
  public static void sweep(Path folder, String name) throws IOException {
    String glob = temporary(Path.of(name), "[0-9]*").toString();
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, glob)) {
      for (Path file : left) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static Path temporary(Path target, String attempt) {
    return target.resolveSibling("." + target.getFileName() + "." + attempt + ".tmp");
  }

  /** Adds to the end. */
  public void append(Bytes bytes) {
    try {
      bytes.forEachChunk(this::write);
    } catch (UncheckedIOException e) {
      throw failed(target, e);
    }
  }

  /** Adds to the end what is written to it; closing it does nothing. */
  public OutputStream stream() {
    return new OutputStream() {
      @Override
      public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int count) {
        append(Bytes.of(Arrays.copyOfRange(bytes, from, from + count)));
      }
    };
  }

  /** Fills with zeros up to {@code offset}. */
  public void padTo(long offset) {
    append(Bytes.of(new byte[Math.toIntExact(offset - position)]));
  }

  private void write(ByteBuffer chunk) {
    try {
      ByteBuffer rest = chunk.duplicate();
      while (rest.hasRemaining()) {
        int step = rest.isDirect() ? rest.remaining() : Math.min(rest.remaining(), HEAP_STEP);
        int written = channel.write(rest.slice(rest.position(), step));
        rest.position(rest.position() + written);
        position += written;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes sure that the content is on the disk. */
  public void force() {
    try {
      channel.force(true);
      channel.close();
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  /** Moves the forced file to its target. */
  public void commit() {
    try {
      try {
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
      }
      committed = true;
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw failed(target, e);
    } finally {
      discard();
    }
  }

  private void discard() {
    try {
      if (!committed) {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw failed(temporary, e);
    }
  }

  private static CompressorException failed(Path target, Exception e) {
    return new CompressorException(
        ErrorCode.IO,
        target.toString(),
        "cannot write the file: " + e,
        "check that the folder exists, may be written to, and has room",
        e);
  }
}
