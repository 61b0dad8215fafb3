package io.compressor.evaluate;

import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.Dataset;
import io.compressor.formats.onnx.ModelFile;
import io.compressor.ir.Tensor;
import io.compressor.runtime.Latency;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Stopwatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Two model files, measured side by side and judged. Works on any two ONNX files of the same inputs
 * and outputs, whoever made them.
 *
 * @param data evaluation data, opened for the base model; it should not be what the candidate was
 *     calibrated on
 * @param metrics to measure, besides those that the rules need
 * @param baseline earlier values for rules that refer to them
 */
public record GateCheck(
    Path base,
    Path candidate,
    Dataset data,
    List<Metric> metrics,
    List<GateRule> rules,
    Optional<Baseline> baseline,
    EvaluationOptions options,
    SessionSettings settings,
    Timing timing,
    Stopwatch stopwatch) {

  public GateCheck {
    metrics = List.copyOf(metrics);
    rules = List.copyOf(rules);
  }

  /** When to measure latency, which takes seconds and a quiet machine. */
  public enum Timing {
    ALWAYS,
    WHEN_A_RULE_ASKS
  }

  /**
   * What came of it.
   *
   * @param latency of base and candidate with one sample, if measured
   */
  public record Outcome(Evidence evidence, GateResult gate, Optional<List<Latency>> latency) {}

  /** A check of these rules with defaults for all else. */
  public static GateCheck of(Path base, Path candidate, Dataset data, List<GateRule> rules) {
    return new GateCheck(
        base,
        candidate,
        data,
        List.of(),
        rules,
        Optional.empty(),
        EvaluationOptions.suiting(data),
        SessionSettings.defaults(),
        Timing.WHEN_A_RULE_ASKS,
        Stopwatch.standard());
  }

  /**
   * Runs both models over the data and applies the rules.
   *
   * @throws CompressorException USAGE when there is nothing to do, DATA or MODEL when the three do
   *     not fit together, CANCELLED
   */
  public Outcome run(Progress progress) {
    List<Metric> wanted = wanted();
    if (wanted.isEmpty() && rules.isEmpty() && timing == Timing.WHEN_A_RULE_ASKS) {
      throw new CompressorException(
          ErrorCode.USAGE, "gate", "neither a metric nor a rule is given", "name a metric");
    }
    baseline.ifPresent(b -> b.on(data.sha256()));
    try (RuntimeSession first = RuntimeSession.open(base, settings);
        RuntimeSession second = RuntimeSession.open(candidate, settings)) {
      requireSameInputs(first, second);
      Comparison quality =
          wanted.isEmpty()
              ? new Comparison(List.of(), false)
              : Evaluation.compare(
                  Predictor.of(first, options),
                  Predictor.of(second, options),
                  data,
                  wanted,
                  options,
                  progress);
      Optional<List<Latency>> latency = latency(first, second, progress);
      Evidence evidence =
          new Evidence(
              quality,
              new Evidence.Sizes(ModelFile.open(base).bytes(), ModelFile.open(candidate).bytes()),
              latency.map(l -> new Evidence.Timing(l.get(0).p50(), l.get(1).p50())),
              baseline);
      return new Outcome(evidence, Gate.judge(rules, evidence), latency);
    }
  }

  /** Metrics asked for, then those of the rules, each once. */
  private List<Metric> wanted() {
    Map<String, Metric> byName = new LinkedHashMap<>();
    metrics.forEach(m -> byName.putIfAbsent(m.id(), m));
    rules.forEach(r -> r.subject().ifPresent(m -> byName.putIfAbsent(m.id(), m)));
    return new ArrayList<>(byName.values());
  }

  private Optional<List<Latency>> latency(
      RuntimeSession first, RuntimeSession second, Progress progress) {
    boolean asked = rules.stream().anyMatch(r -> r instanceof GateRule.MaxLatency);
    if (timing == Timing.WHEN_A_RULE_ASKS && !asked) {
      return Optional.empty();
    }
    progress.begin("time", 1);
    progress.checkCancelled();
    Map<String, Tensor> feeds = data.batch(0, data.fixedBatch().orElse(1)).inputs();
    List<Latency> latency = stopwatch.race(List.of(first, second), feeds);
    progress.advance(1);
    return Optional.of(latency);
  }

  private void requireSameInputs(RuntimeSession first, RuntimeSession second) {
    List<String> wanted = first.inputs().stream().map(v -> v.name()).sorted().toList();
    List<String> found = second.inputs().stream().map(v -> v.name()).sorted().toList();
    if (!wanted.equals(found)) {
      throw new CompressorException(
          ErrorCode.MODEL,
          candidate.toString(),
          "its inputs are %s, the base's are %s".formatted(found, wanted),
          "compare models of the same inputs");
    }
  }
}
