package io.compressor.pass;

import io.compressor.graph.Skipped;
import io.compressor.ir.Model;
import java.util.List;

/**
 * What a pass did.
 *
 * @param skipped sites that were left alone, with reasons
 * @param warnings about the run as a whole, for the report
 */
public record PassOutcome(
    Model model, List<SiteDecision> decisions, List<Skipped> skipped, List<String> warnings) {
  public PassOutcome {
    decisions = List.copyOf(decisions);
    skipped = List.copyOf(skipped);
    warnings = List.copyOf(warnings);
  }

  /** Without warnings. */
  public PassOutcome(Model model, List<SiteDecision> decisions, List<Skipped> skipped) {
    this(model, decisions, skipped, List.of());
  }
}
