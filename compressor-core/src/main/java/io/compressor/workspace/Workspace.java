package io.compressor.workspace;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.file.StagedFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A folder with the finished pieces of one run: same model, recipe, data, version and kernels. One
 * process uses it at a time; a killed one leaves it in order.
 *
 * <pre>
 * manifest.json   what the run is made of
 * sites/          one file a finished site
 * lock            held while in use
 * </pre>
 */
public final class Workspace implements AutoCloseable {
  private static final String SITES = "sites";
  private static final String SCRATCH = "scratch";
  private static final String LOCK = "lock";

  private final Path folder;
  private final FileChannel lock;
  private final SiteStore sites;

  private Workspace(Path folder, FileChannel lock) throws IOException {
    this.folder = folder;
    this.lock = lock;
    this.sites = new SiteStore(Files.createDirectories(folder.resolve(SITES)));
  }

  /**
   * Opens a workspace, or makes one where there is none yet.
   *
   * @param folder may not exist, or may hold files that are none of ours
   * @param key all that finished pieces depend on, such as {@code model.sha256}; by name
   * @throws CompressorException USAGE when it belongs to a run with another key, naming what
   *     differs, or another process uses it; IO
   */
  public static Workspace open(Path folder, Map<String, String> key) {
    try {
      Files.createDirectories(folder);
      FileChannel lock = lock(folder);
      try {
        Path manifest = folder.resolve(Manifest.FILE);
        if (Files.exists(manifest)) {
          Manifest.require(manifest, key);
        } else {
          requireFree(folder.resolve(SITES));
          requireFree(folder.resolve(SCRATCH));
          Manifest.write(manifest, key);
        }
        Workspace opened = new Workspace(folder, lock);
        opened.deleteUnfinished();
        return opened;
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw Trouble.with(folder, "the workspace cannot be opened", e);
    }
  }

  /** Finished sites. */
  public SiteStore sites() {
    return sites;
  }

  /**
   * A folder for files that are of no use to a later run; whatever a killed one left in it goes.
   *
   * @param name such as {@code activations}
   */
  public Path scratch(String name) {
    Path scratch = folder.resolve(SCRATCH).resolve(name);
    try {
      delete(scratch);
      return Files.createDirectories(scratch);
    } catch (IOException e) {
      throw Trouble.with(scratch, "cannot be emptied", e);
    }
  }

  /** A folder for checkpoints of what learns; it stays. */
  public Path learning() {
    Path learning = folder.resolve("learning");
    try {
      return Files.createDirectories(learning);
    } catch (IOException e) {
      throw Trouble.with(learning, "cannot be made", e);
    }
  }

  /** Lets other processes use it; the finished pieces stay, scratch files go. */
  @Override
  public void close() {
    try (lock) {
      delete(folder.resolve(SCRATCH));
    } catch (IOException e) {
      throw Trouble.with(folder, "the workspace cannot be closed", e);
    }
  }

  /** Nothing is deleted, or believed, that may be somebody else's. */
  private static void requireFree(Path place) {
    if (Files.exists(place)) {
      throw new CompressorException(
          ErrorCode.USAGE,
          place.toString(),
          "it exists, but there is no " + Manifest.FILE + " that says what it belongs to",
          "give another --workspace, or move it away");
    }
  }

  private static FileChannel lock(Path folder) throws IOException {
    Path file = folder.resolve(LOCK);
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // of this very process: as bad as of another
    }
    channel.close();
    throw new CompressorException(
        ErrorCode.USAGE,
        folder.toString(),
        "another run is using this workspace",
        "wait for it, or give another --workspace");
  }

  private void deleteUnfinished() throws IOException {
    StagedFile.sweep(folder, Manifest.FILE);
    StagedFile.sweep(folder.resolve(SITES), "*" + SiteStore.EXTENSION);
  }

  private static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
              throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
