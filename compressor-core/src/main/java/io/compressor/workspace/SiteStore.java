package io.compressor.workspace;

import io.compressor.formats.file.ContentHash;
import io.compressor.formats.file.StagedFile;
import io.compressor.workspace.SiteCodec.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Finished sites, one file each: whole or not there. A file that is damaged counts as not there.
 * Thread-safe; different sites at a time.
 */
public final class SiteStore {
  static final String EXTENSION = ".site";

  private static final int NAME = 80;

  private final Path folder;
  private final AtomicInteger reused = new AtomicInteger();
  private final AtomicInteger solved = new AtomicInteger();
  private final List<String> warnings = new ArrayList<>();

  /**
   * @param folder exists
   */
  SiteStore(Path folder) {
    this.folder = folder;
  }

  /**
   * The solution of a site, if it is there and was made of the same things.
   *
   * @param hash of all that determines the solution
   */
  public Optional<SolvedWeight> find(String site, String hash) {
    Path file = file(site);
    try {
      Entry entry = SiteCodec.decode(Files.readAllBytes(file));
      if (entry.site().equals(site) && entry.hash().equals(hash)) {
        reused.incrementAndGet();
        return Optional.of(entry.solved());
      }
      return Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (DamagedException e) {
      warn(file + " is damaged (" + e.getMessage() + "): '" + site + "' is solved again");
      return Optional.empty();
    } catch (IOException e) {
      throw Trouble.with(file, "cannot be read", e);
    }
  }

  /** Keeps a solution, in the place of an older one of the same site. */
  public void put(String site, String hash, SolvedWeight solution) {
    StagedFile.write(file(site), SiteCodec.encode(new Entry(site, hash, solution)));
    solved.incrementAndGet();
  }

  /** How many solutions were found since the workspace was opened. */
  public int reused() {
    return reused.get();
  }

  /** How many solutions were put since the workspace was opened. */
  public int solved() {
    return solved.get();
  }

  /** Files that were damaged, one line each. */
  public List<String> warnings() {
    synchronized (warnings) {
      return List.copyOf(warnings);
    }
  }

  private void warn(String message) {
    synchronized (warnings) {
      warnings.add(message);
    }
  }

  /** Readable, and different for different sites whatever the file system makes of names. */
  private Path file(String site) {
    String plain = site.replaceAll("[^A-Za-z0-9._-]+", "_");
    String start = plain.substring(0, Math.min(NAME, plain.length()));
    String key = ContentHash.of(site).substring(0, 16);
    return folder.resolve(start + "-" + key + EXTENSION);
  }
}
