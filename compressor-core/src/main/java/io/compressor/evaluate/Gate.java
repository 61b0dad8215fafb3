package io.compressor.evaluate;

import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.formats.data.Dataset;
import java.nio.file.Path;
import java.util.List;

/** The gate: whether a candidate may replace a base model. */
public final class Gate {
  private Gate() {}

  /**
   * Runs two model files over data and applies all rules, with defaults; see {@link GateCheck} for
   * the details.
   *
   * @throws CompressorException when files, data and rules do not fit together; a gate that is not
   *     met is no exception but a result
   */
  public static GateResult check(Path base, Path candidate, Dataset data, GateRule... rules) {
    return GateCheck.of(base, candidate, data, List.of(rules)).run(Progress.NONE).gate();
  }

  /** Applies all rules; with none, everything passes. */
  public static GateResult judge(List<GateRule> rules, Evidence evidence) {
    Judge judge = new Judge(evidence);
    return new GateResult(rules.stream().map(judge::judge).toList());
  }
}
