package io.compressor.graph.rotate;

import io.compressor.graph.Skipped;
import io.compressor.ir.Model;
import java.util.List;

/**
 * A model that computes the same in another basis. Its new weights are derived: they are computed
 * from the old ones while they are read, so neither holds a copy of the other.
 *
 * @param log what was rotated, in words
 * @param refused groups that were left alone, and why
 */
public record RotationResult(Model model, List<String> log, List<Skipped> refused) {
  public RotationResult {
    log = List.copyOf(log);
    refused = List.copyOf(refused);
  }

  /** Whether anything was rotated. */
  public boolean changed() {
    return !log.isEmpty();
  }
}
