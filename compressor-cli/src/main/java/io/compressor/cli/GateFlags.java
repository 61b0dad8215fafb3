package io.compressor.cli;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.evaluate.GateRule;
import io.compressor.evaluate.Metric;
import io.compressor.recipe.Limit;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The rules of a gate. */
final class GateFlags {
  @Option(
      names = "--max-drop",
      paramLabel = "D",
      description = "Largest drop of each metric: 0.5%%, or 0.005.")
  @Nullable String maxDrop;

  @Option(
      names = "--confidence",
      paramLabel = "C",
      description =
          "Compare the end of the drop's one-sided interval at this confidence; default: the"
              + " point estimate.")
  @Nullable String confidence;

  @Option(
      names = "--max-size",
      paramLabel = "S",
      description = "Largest file: 25%% of the base, or 20MB.")
  @Nullable String maxSize;

  @Option(
      names = "--max-latency",
      paramLabel = "L",
      description = "Slowest run: 60%% of the base, or 5ms.")
  @Nullable String maxLatency;

  /** One rule a limit, and one a metric for the drop. */
  List<GateRule> rules(List<Metric> metrics, GateRule.Reference reference) {
    List<GateRule> rules = new ArrayList<>();
    if (maxDrop != null) {
      if (metrics.isEmpty()) {
        throw new CompressorException(
            ErrorCode.USAGE, "--max-drop", "no metric is named", "--metric top1, for example");
      }
      double limit = Amounts.share(maxDrop, "--max-drop");
      metrics.forEach(m -> rules.add(new GateRule.MaxDrop(m, limit, confidence(), reference)));
    } else if (confidence != null) {
      throw new CompressorException(
          ErrorCode.USAGE, "--confidence", "decides nothing without --max-drop", "");
    }
    if (maxSize != null) {
      Limit limit = Amounts.limit(maxSize, "--max-size", Limit.Unit.BYTES);
      rules.add(
          limit.unit() == Limit.Unit.FRACTION
              ? GateRule.maxSizeShare(limit.value())
              : GateRule.maxBytes((long) limit.value()));
    }
    if (maxLatency != null) {
      Limit limit = Amounts.limit(maxLatency, "--max-latency", Limit.Unit.MILLIS);
      rules.add(
          limit.unit() == Limit.Unit.FRACTION
              ? GateRule.maxLatencyShare(limit.value())
              : GateRule.maxMillis(limit.value()));
    }
    if (rules.isEmpty()) {
      throw new CompressorException(
          ErrorCode.USAGE,
          "check",
          "nothing to judge",
          "give --max-drop with --metric, --max-size or --max-latency");
    }
    return rules;
  }

  private OptionalDouble confidence() {
    if (confidence == null) {
      return OptionalDouble.empty();
    }
    double value = Amounts.share(confidence, "--confidence");
    if (value < 0.5 || value >= 1) {
      throw new CompressorException(
          ErrorCode.USAGE,
          "--confidence",
          "found '" + confidence + "', expected 50% or more and less than 100%",
          "");
    }
    return OptionalDouble.of(value);
  }
}
