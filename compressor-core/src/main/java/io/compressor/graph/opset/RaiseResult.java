package io.compressor.graph.opset;

import io.compressor.graph.Skipped;
import io.compressor.ir.Model;
import java.util.List;

/**
 * What raising the operator set gave.
 *
 * @param model the raised model, or the original when something refused
 * @param refused nodes that have no equivalent in the target version, and why
 */
public record RaiseResult(Model model, List<Skipped> refused) {
  public RaiseResult {
    refused = List.copyOf(refused);
  }

  public boolean succeeded() {
    return refused.isEmpty();
  }
}
