package io.compressor.pass;

import io.compressor.graph.Skipped;
import io.compressor.ir.Model;
import java.util.List;

/**
 * An equivalent model that is easier to compress.
 *
 * @param refused what could not be made easier, with reasons
 */
public record Prepared(Model model, List<Skipped> refused) {
  public Prepared {
    refused = List.copyOf(refused);
  }

  /** The model as it is. */
  public static Prepared asIs(Model model) {
    return new Prepared(model, List.of());
  }
}
