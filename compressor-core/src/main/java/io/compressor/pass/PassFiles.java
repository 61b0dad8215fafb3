package io.compressor.pass;

import io.compressor.workspace.FinishedSites;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a pass may write to, and how much it may hold.
 *
 * @param scratch for what is deleted when the pass ends, such as activations between stages
 * @param finished for solved sites, which a run after this one may find
 * @param learning for checkpoints, which a run after this one may find; empty without a workspace
 * @param memory bytes that the process may hold, for passes that would rather stop than exceed it;
 *     empty = no limit
 */
public record PassFiles(
    Path scratch, FinishedSites finished, Optional<Path> learning, OptionalLong memory) {
  /** Without checkpoints and limits. */
  public PassFiles(Path scratch, FinishedSites finished) {
    this(scratch, finished, Optional.empty(), OptionalLong.empty());
  }

  /**
   * Where something that learns keeps how far it is; empty without a workspace.
   *
   * @param name of the file, another one for everything that learns in a run
   */
  public Optional<Path> checkpoint(String name) {
    return learning.map(folder -> folder.resolve(name + ".checkpoint"));
  }

  public PassFiles withMemory(OptionalLong limit) {
    return new PassFiles(scratch, finished, learning, limit);
  }

  /** The system's folder for temporary files; nothing outlives the run. */
  public static PassFiles temporary() {
    return new PassFiles(Path.of(System.getProperty("java.io.tmpdir", ".")), FinishedSites.none());
  }
}
