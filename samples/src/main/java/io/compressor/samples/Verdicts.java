package io.compressor.samples;

import io.compressor.evaluate.GateResult;
import io.compressor.evaluate.RuleResult;
import java.io.PrintStream;
import java.util.Locale;

/** A gate's result in lines of text. */
final class Verdicts {
  private Verdicts() {}

  static void print(GateResult gate, PrintStream out) {
    out.println(gate.passed() ? "gate passed" : "gate not met");
    for (RuleResult rule : gate.rules()) {
      out.printf(
          Locale.ROOT,
          "  %s: %s, value %.4f%s%n",
          rule.rule().text(),
          rule.verdict(),
          rule.value(),
          rule.note().isEmpty() ? "" : " (" + rule.note() + ")");
    }
  }
}
