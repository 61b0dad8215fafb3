package io.compressor.evaluate;

import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.Dataset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs models over data, once, and computes metrics. Both models see the same batches, in the order
 * of sample lengths so that texts of one length share a batch and little is padding; results are by
 * sample and do not depend on the order.
 */
public final class Evaluation {
  private final Dataset data;
  private final List<ScoredMetric> metrics;
  private final EvaluationOptions options;
  private final Progress progress;

  private Evaluation(
      Dataset data, List<Metric> metrics, EvaluationOptions options, Progress progress) {
    this.data = data;
    this.metrics = metrics.stream().map(m -> (ScoredMetric) m).toList();
    this.options = options;
    this.progress = progress;
  }

  /**
   * Metrics of one model. A probe is then trained on the model itself.
   *
   * @throws CompressorException USAGE when a metric needs a base model, DATA when the data lacks
   *     what a metric needs or a label is out of range, MODEL when the output has the wrong shape
   */
  public static List<MetricResult> single(
      Predictor model,
      Dataset data,
      List<Metric> metrics,
      EvaluationOptions options,
      Progress progress) {
    for (Metric metric : metrics) {
      if (metric.againstBase()) {
        throw new CompressorException(
            ErrorCode.USAGE,
            "metric",
            "'%s' compares two models and only one is given".formatted(metric.id()),
            "give the base model too, or choose another metric");
      }
    }
    return new Evaluation(data, metrics, options, progress).evaluate(model);
  }

  /**
   * Metrics of two models on the same samples, with paired differences.
   *
   * @throws CompressorException as {@link #single}, and MODEL when the outputs differ in shape
   */
  public static Comparison compare(
      Predictor base,
      Predictor candidate,
      Dataset data,
      List<Metric> metrics,
      EvaluationOptions options,
      Progress progress) {
    return new Evaluation(data, metrics, options, progress).compare(base, candidate);
  }

  private List<MetricResult> evaluate(Predictor model) {
    Truth truth = Truth.of(data);
    Scoring scoring = new Scoring(metrics, truth, data.size());
    new Pass(data, options, progress)
        .forEach(
            (rows, tokens, feeds) -> {
              ModelOutput output =
                  ModelOutput.pick(model.predict(feeds), options.output(), rows.length, tokens);
              scoring.add(rows, output);
              return output.bytes();
            });
    Analysis analysis = new Analysis(options);
    List<MetricResult> results = new ArrayList<>();
    for (ScoredMetric metric : metrics) {
      results.add(analysis.single(metric, scoring.table(metric, scoring, options.seed())));
    }
    return List.copyOf(results);
  }

  private Comparison compare(Predictor base, Predictor candidate) {
    Truth truth = Truth.of(data);
    Scoring ofBase = new Scoring(metrics, truth, data.size());
    Scoring ofCandidate = new Scoring(metrics, truth, data.size());
    Likening likening = new Likening(metrics, data.size());
    new Pass(data, options, progress)
        .forEach(
            (rows, tokens, feeds) -> {
              ModelOutput a =
                  ModelOutput.pick(base.predict(feeds), options.output(), rows.length, tokens);
              ModelOutput b =
                  ModelOutput.pick(
                      candidate.predict(feeds), Optional.of(a.name()), rows.length, tokens);
              likening.add(rows, a, b);
              ofBase.add(rows, a);
              ofCandidate.add(rows, b);
              return a.bytes();
            });
    Analysis analysis = new Analysis(options);
    List<PairedResult> results = new ArrayList<>();
    for (ScoredMetric metric : metrics) {
      results.add(
          metric instanceof ScoredMetric.OfComparison likeness
              ? analysis.against(likeness, likening.table(likeness), likening.identical())
              : analysis.paired(
                  metric,
                  ofBase.table(metric, ofBase, options.seed()),
                  ofCandidate.table(metric, ofBase, options.seed()),
                  likening.identical()));
    }
    return new Comparison(results, likening.identical());
  }
}
