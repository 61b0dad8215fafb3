package io.compressor.formats.data;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.MappedFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that is written once, mapped, and deleted on close. The mapping stays valid after that
 * where the system allows it (POSIX); elsewhere the file goes when the process ends.
 */
final class TemporaryFile implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;

  private TemporaryFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /** An empty file where at least {@code bytes} can be written. */
  static TemporaryFile create(long bytes) throws IOException {
    Path path = Files.createTempFile("compressor-data-", ".bin");
    long free = Files.getFileStore(path).getUsableSpace();
    if (free < bytes) {
      Files.delete(path);
      throw new CompressorException(
          ErrorCode.IO,
          path.toString(),
          "unpacking needs " + bytes + " bytes, " + free + " are free",
          "free some space, set -Djava.io.tmpdir, or store the data unpacked (numpy.savez)");
    }
    return new TemporaryFile(
        path,
        FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING));
  }

  FileChannel channel() {
    return channel;
  }

  MappedFile map() throws IOException {
    return MappedFile.open(path);
  }

  @Override
  public void close() throws IOException {
    channel.close();
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      path.toFile().deleteOnExit();
    }
  }
}
