package io.compressor.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Workspaces as tests need them. */
final class Workspaces {
  private Workspaces() {}

  /** Without finished sites and free for any run; what was measured of kernels stays. */
  static Path emptied(Path workspace) {
    try {
      for (Path site : sites(workspace).keySet()) {
        Files.delete(site);
      }
      Files.deleteIfExists(workspace.resolve("sites"));
      Files.deleteIfExists(workspace.resolve("manifest.json"));
      return workspace;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An empty one that knows the kernels of another. */
  static Path like(Path other, Path workspace) {
    try {
      Files.createDirectories(workspace);
      Files.copy(other.resolve("kernels.tsv"), workspace.resolve("kernels.tsv"));
      return workspace;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Files of finished sites with what tells one from a later one in its place. */
  static Map<Path, String> sites(Path workspace) {
    Path folder = workspace.resolve("sites");
    Map<Path, String> found = new TreeMap<>();
    if (!Files.isDirectory(folder)) {
      return found;
    }
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        found.put(
            file, Files.getAttribute(file, "fileKey") + " " + Files.getLastModifiedTime(file));
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
