package io.compressor.evaluate;

import java.util.List;

/** The accuracy gate. */
public final class Gate {
  private Gate() {}

  /** Applies all rules; with none, everything passes. */
  public static GateResult judge(List<GateRule> rules, Evidence evidence) {
    Judge judge = new Judge(evidence);
    return new GateResult(rules.stream().map(judge::judge).toList());
  }
}
