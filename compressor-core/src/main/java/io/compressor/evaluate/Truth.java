package io.compressor.evaluate;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.Dataset;
import org.jspecify.annotations.Nullable;

/** What the data knows about its samples. */
final class Truth {
  private final String source;
  private final long @Nullable [] labels;
  private final double @Nullable [] scores;
  private final boolean pairs;

  private Truth(Dataset data) {
    this.source = data.describe();
    this.labels = data.labels().orElse(null);
    this.scores = data.scores().orElse(null);
    this.pairs = data.pairs();
  }

  static Truth of(Dataset data) {
    return new Truth(data);
  }

  /**
   * @throws CompressorException DATA when the data has no labels
   */
  long[] labels(String metric) {
    if (labels == null) {
      throw missing(metric, "labels", "add an int64 array 'label', one entry per sample");
    }
    return labels;
  }

  /** The label of a sample, checked against the number of classes the model tells apart. */
  int label(String metric, int sample, int classes) {
    long label = labels(metric)[sample];
    if (label < 0 || label >= classes) {
      throw new CompressorException(
          ErrorCode.DATA,
          source,
          "label of sample %d is %d, but the model has classes 0 to %d"
              .formatted(sample, label, classes - 1),
          "check the labels, or name the output that holds the logits");
    }
    return (int) label;
  }

  /** What a regression model should have said: the score, or else the label as a number. */
  double target(String metric, int sample) {
    if (scores != null && !pairs) {
      return scores[sample];
    }
    return labels(metric)[sample];
  }

  /** One score per pair. */
  double[] pairScores(String metric) {
    if (scores == null || !pairs) {
      throw missing(
          metric, "scored pairs", "give pairs of texts (samples 2i and 2i+1) and a 'score' each");
    }
    return scores;
  }

  CompressorException unfit(String what, String hint) {
    return new CompressorException(ErrorCode.DATA, source, what, hint);
  }

  private CompressorException missing(String metric, String what, String hint) {
    return unfit("%s needs %s, and the data has none".formatted(metric, what), hint);
  }
}
