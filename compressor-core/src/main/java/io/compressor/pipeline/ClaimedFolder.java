package io.compressor.pipeline;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/**
 * A temporary folder beside a target, locked for as long as its process lives: so the next run for
 * the same target can tell what a killed one left, and deletes it.
 */
final class ClaimedFolder implements AutoCloseable {
  private static final String LOCK = ".lock";

  private final Path folder;
  private final FileChannel lock;

  private ClaimedFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * @param target absolute
   */
  static ClaimedFolder beside(Path target) throws IOException {
    Path parent = target.resolveSibling("");
    String prefix = ".compressor-" + target.getFileName() + "-";
    deleteAbandoned(parent, prefix);
    Path folder = Files.createTempDirectory(parent, prefix);
    FileChannel lock =
        FileChannel.open(
            folder.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    lock.tryLock();
    return new ClaimedFolder(folder, lock);
  }

  Path path() {
    return folder;
  }

  @Override
  public void close() throws IOException {
    lock.close();
    delete(folder);
  }

  private static void deleteAbandoned(Path parent, String prefix) throws IOException {
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(parent, p -> p.getFileName().toString().startsWith(prefix))) {
      for (Path folder : all) {
        if (isAbandoned(folder.resolve(LOCK))) {
          delete(folder);
        }
      }
    }
  }

  /** A folder without a lock may have been made this instant. */
  private static boolean isAbandoned(Path lock) throws IOException {
    if (!Files.isRegularFile(lock)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // of this very process
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(folder);
  }
}
