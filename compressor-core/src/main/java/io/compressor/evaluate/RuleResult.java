package io.compressor.evaluate;

/**
 * What became of one rule.
 *
 * @param limit that the rule sets, in the units of the value
 * @param value that was compared with it: the end of the one-sided interval where a confidence was
 *     asked for, else the estimate
 * @param note why it failed, or how many samples would decide it; may be empty
 */
public record RuleResult(GateRule rule, double limit, double value, Verdict verdict, String note) {
  public boolean passed() {
    return verdict == Verdict.PASSED;
  }
}
