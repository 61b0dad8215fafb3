package io.compressor.evaluate;

import java.util.List;

/** The verdict over all rules. */
public record GateResult(List<RuleResult> rules) {
  public GateResult {
    rules = List.copyOf(rules);
  }

  /** Whether every rule passed. */
  public boolean passed() {
    return rules.stream().allMatch(RuleResult::passed);
  }
}
