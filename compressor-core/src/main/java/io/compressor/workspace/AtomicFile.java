package io.compressor.workspace;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes files that are whole or not there, whenever the process is killed. */
final class AtomicFile {
  static final String UNFINISHED = ".tmp";

  /** Heap buffers pass through a direct copy of their size: keep it small. */
  private static final int STEP = 1 << 20;

  private AtomicFile() {}

  /** Under another name beside the target, forced to the disk, then moved over it. */
  static void write(Path target, byte[] content) {
    try {
      Path fresh =
          Files.createTempFile(target.toAbsolutePath().getParent(), "unfinished-", UNFINISHED);
      try {
        fill(fresh, content);
        move(fresh, target);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      throw failed(target, "cannot be written", e);
    }
  }

  private static void fill(Path file, byte[] content) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int at = 0; at < content.length; ) {
        int step = Math.min(STEP, content.length - at);
        at += channel.write(ByteBuffer.wrap(content, at, step));
      }
      channel.force(true);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  static CompressorException failed(Path file, String what, IOException e) {
    return new CompressorException(
        ErrorCode.IO,
        file.toString(),
        what + ": " + e.getMessage(),
        "check that the workspace may be written to and has room, or give another --workspace",
        e);
  }
}
