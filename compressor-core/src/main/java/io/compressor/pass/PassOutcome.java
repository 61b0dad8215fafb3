package io.compressor.pass;

import io.compressor.graph.Skipped;
import io.compressor.ir.Model;
import java.util.List;
import java.util.Optional;

/**
 * What a pass did.
 *
 * @param skipped sites that were left alone, with reasons
 * @param warnings about the run as a whole, for the report
 * @param search what was tried on the way, when something was searched
 */
public record PassOutcome(
    Model model,
    List<SiteDecision> decisions,
    List<Skipped> skipped,
    List<String> warnings,
    Optional<SearchTrace> search) {
  public PassOutcome {
    decisions = List.copyOf(decisions);
    skipped = List.copyOf(skipped);
    warnings = List.copyOf(warnings);
  }

  /** Of a pass that searched nothing. */
  public PassOutcome(
      Model model, List<SiteDecision> decisions, List<Skipped> skipped, List<String> warnings) {
    this(model, decisions, skipped, warnings, Optional.empty());
  }

  /** The same with what was tried. */
  public PassOutcome searched(SearchTrace trace) {
    return new PassOutcome(model, decisions, skipped, warnings, Optional.of(trace));
  }

  /** Without warnings. */
  public PassOutcome(Model model, List<SiteDecision> decisions, List<Skipped> skipped) {
    this(model, decisions, skipped, List.of());
  }
}
