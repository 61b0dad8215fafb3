package io.compressor.cli;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.evaluate.EvaluationOptions;
import io.compressor.evaluate.Metric;
import io.compressor.evaluate.Metrics;
import io.compressor.evaluate.Pooling;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is measured, and how. */
final class EvaluationFlags {
  @Option(
      names = {"-m", "--metric"},
      paramLabel = "M",
      description =
          "With labels or scores: top1 top5 f1 mcc perplexity mse mae spearman probe-top1. Against"
              + " another model: agreement cosine sqnr kl max-abs. Repeatable.")
  List<String> metrics = new ArrayList<>();

  @Option(
      names = "--pooling",
      paramLabel = "mean|cls|none",
      description = "How an encoder's output becomes one vector (default: mean).")
  Pooling pooling = Pooling.MEAN;

  @Option(
      names = "--output",
      paramLabel = "NAME",
      description = "Model output to look at; default: the first of floats.")
  @Nullable String output;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "32",
      description = "Samples a run (default: 32).")
  int batch = 32;

  /** The metrics asked for. */
  List<Metric> metrics() {
    return metrics.stream().map(m -> Metrics.parse(m, pooling)).toList();
  }

  EvaluationOptions options() {
    if (batch < 1) {
      throw new CompressorException(
          ErrorCode.USAGE, "--batch", "found " + batch + ", expected 1 or more", "");
    }
    EvaluationOptions options = EvaluationOptions.defaults().batch(batch);
    return output == null ? options : options.output(output);
  }
}
