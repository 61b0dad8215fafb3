package io.compressor.pass;

import java.nio.file.Path;

/**
 * Folders that a pass may write to.
 *
 * @param scratch for what is deleted when the pass ends, such as activations between stages
 */
public record PassFiles(Path scratch) {
  /** The system's folder for temporary files. */
  public static PassFiles temporary() {
    return new PassFiles(Path.of(System.getProperty("java.io.tmpdir", ".")));
  }
}
