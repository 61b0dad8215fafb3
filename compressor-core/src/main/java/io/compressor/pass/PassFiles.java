package io.compressor.pass;

import io.compressor.workspace.FinishedSites;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a pass may write to.
 *
 * @param scratch for what is deleted when the pass ends, such as activations between stages
 * @param finished for solved sites, which a run after this one may find
 * @param learning for checkpoints, which a run after this one may find; empty without a workspace
 */
public record PassFiles(Path scratch, FinishedSites finished, Optional<Path> learning) {
  /** Without checkpoints. */
  public PassFiles(Path scratch, FinishedSites finished) {
    this(scratch, finished, Optional.empty());
  }

  /** The system's folder for temporary files; nothing outlives the run. */
  public static PassFiles temporary() {
    return new PassFiles(Path.of(System.getProperty("java.io.tmpdir", ".")), FinishedSites.none());
  }
}
