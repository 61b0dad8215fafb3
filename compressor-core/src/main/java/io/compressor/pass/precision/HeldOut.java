package io.compressor.pass.precision;

import io.compressor.engine.Progress;
import io.compressor.evaluate.Evaluation;
import io.compressor.evaluate.EvaluationOptions;
import io.compressor.evaluate.Metric;
import io.compressor.evaluate.Metrics;
import io.compressor.evaluate.PairedResult;
import io.compressor.evaluate.Predictor;
import io.compressor.formats.data.Dataset;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.weights.budget.OutputLoss;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Scores candidates on held-out samples, as written, beside the original. The original is run once
 * and remembered while that fits the memory.
 */
final class HeldOut implements AutoCloseable {
  /** Bytes of remembered outputs. */
  private static final long MOST = 512L << 20;

  private final Dataset data;
  private final Metric metric;
  private final EvaluationOptions options;
  private final SessionSettings settings;
  private final RuntimeSession original;
  private final List<Map<String, Tensor>> remembered = new ArrayList<>();
  private long bytes;
  private boolean complete;
  private int next;

  HeldOut(Model original, Dataset data, Metric metric, long seed, SessionSettings settings) {
    this.data = data;
    this.metric = metric;
    this.options = EvaluationOptions.suiting(data).seed(seed).resamples(200);
    this.settings = settings;
    this.original = RuntimeSession.open(original, settings);
  }

  /** The metric that the data allows, where none is named. */
  static Metric metric(Optional<String> named, Dataset data, Model model) {
    return Metrics.parse(
        named.orElseGet(
            () ->
                data.labels().isPresent()
                    ? OutputLoss.isRows(model) ? "top1" : "probe-top1"
                    : data.scores().isPresent() ? "spearman" : "cosine"));
  }

  Metric metric() {
    return metric;
  }

  /** The candidate beside the original. */
  PairedResult score(Model candidate, Progress progress) {
    next = 0;
    try (RuntimeSession session = RuntimeSession.open(candidate, settings)) {
      PairedResult result =
          Evaluation.compare(
                  this::original,
                  Predictor.of(session, options),
                  data,
                  List.of(metric),
                  options,
                  progress)
              .get(metric.id());
      complete = bytes <= MOST;
      return result;
    }
  }

  private Map<String, Tensor> original(Map<String, Tensor> feeds) {
    if (complete && next < remembered.size()) {
      return remembered.get(next++);
    }
    Map<String, Tensor> made = Predictor.of(original, options).predict(feeds);
    bytes += made.values().stream().mapToLong(Tensor::byteCount).sum();
    if (bytes <= MOST) {
      remembered.add(made);
    } else {
      remembered.clear();
    }
    return made;
  }

  @Override
  public void close() {
    original.close();
  }
}
