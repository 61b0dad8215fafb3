package io.compressor.pass;

import io.compressor.graph.Skipped;
import io.compressor.ir.Model;
import java.util.List;

/**
 * An equivalent model that is easier to compress.
 *
 * @param refused what could not be made easier, with reasons
 * @param rotations what was rotated and by which matrix, one sentence each
 */
public record Prepared(Model model, List<Skipped> refused, List<String> rotations) {
  public Prepared {
    refused = List.copyOf(refused);
    rotations = List.copyOf(rotations);
  }

  /** The model as it is. */
  public static Prepared asIs(Model model) {
    return new Prepared(model, List.of(), List.of());
  }
}
