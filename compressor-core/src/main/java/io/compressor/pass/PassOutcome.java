package io.compressor.pass;

import io.compressor.graph.Skipped;
import io.compressor.ir.Model;
import java.util.List;

/**
 * What a pass did.
 *
 * @param skipped sites that were left alone, with reasons
 */
public record PassOutcome(Model model, List<SiteDecision> decisions, List<Skipped> skipped) {
  public PassOutcome {
    decisions = List.copyOf(decisions);
    skipped = List.copyOf(skipped);
  }
}
