package io.compressor.evaluate;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.util.Optional;
import java.util.OptionalDouble;

/** One condition that a candidate has to meet. */
public sealed interface GateRule {
  /** The rule as a user would write it. */
  String text();

  /** The metric it is about, if any. */
  default Optional<Metric> subject() {
    return Optional.empty();
  }

  /**
   * The candidate loses at most {@code limit} of the base's {@code metric}: in units of the metric
   * where it has a fixed scale (0.005 on top1 is half a point), else as a share of the base's value
   * (see {@link DropScale}).
   */
  static MaxDrop maxDrop(String metric, double limit) {
    return new MaxDrop(
        Metrics.parse(metric), notNegative(limit), OptionalDouble.empty(), Reference.BASE_MODEL);
  }

  /** The candidate reaches at least {@code floor} on a metric where more is better. */
  static MetricLimit minimum(String metric, double floor) {
    return limit(metric, floor, Direction.HIGHER_IS_BETTER, "maximum");
  }

  /** The candidate stays at or below {@code ceiling} on a metric where less is better. */
  static MetricLimit maximum(String metric, double ceiling) {
    return limit(metric, ceiling, Direction.LOWER_IS_BETTER, "minimum");
  }

  /** Files of at most this many bytes, external data included. */
  static MaxSize maxBytes(long bytes) {
    return new MaxSize(notNegative((double) bytes), Unit.ITSELF);
  }

  /** Files of at most this share of the base's. */
  static MaxSize maxSizeShare(double share) {
    return new MaxSize(notNegative(share), Unit.SHARE_OF_BASE);
  }

  /** At most this median latency. */
  static MaxLatency maxMillis(double millis) {
    return new MaxLatency(notNegative(millis), Unit.ITSELF);
  }

  /** At most this share of the base's latency, measured in turn. */
  static MaxLatency maxLatencyShare(double share) {
    return new MaxLatency(notNegative(share), Unit.SHARE_OF_BASE);
  }

  /** What a drop is counted from. */
  enum Reference {
    BASE_MODEL,
    BASELINE_FILE
  }

  /** What a limit counts in: bytes or milliseconds, or a share of the base model's. */
  enum Unit {
    ITSELF,
    SHARE_OF_BASE
  }

  /** See {@link GateRule#maxDrop}. */
  record MaxDrop(Metric metric, double limit, OptionalDouble confidence, Reference reference)
      implements GateRule {
    /** The same limit, for the upper end of the one-sided interval at this confidence. */
    public MaxDrop atConfidence(double probability) {
      return new MaxDrop(metric, limit, OptionalDouble.of(sensible(probability)), reference);
    }

    /** The same limit, counted from the value in the baseline file. */
    public MaxDrop fromBaseline() {
      return new MaxDrop(metric, limit, confidence, Reference.BASELINE_FILE);
    }

    @Override
    public Optional<Metric> subject() {
      return Optional.of(metric);
    }

    @Override
    public String text() {
      return "max-drop %s %s%s%s"
          .formatted(
              metric.id(),
              Figures.drop(metric, limit),
              Figures.atConfidence(confidence),
              reference == Reference.BASELINE_FILE ? " from baseline" : "");
    }
  }

  /** See {@link GateRule#minimum} and {@link GateRule#maximum}. */
  record MetricLimit(Metric metric, double limit, OptionalDouble confidence) implements GateRule {
    /** The same limit, for the end of the one-sided interval at this confidence. */
    public MetricLimit atConfidence(double probability) {
      return new MetricLimit(metric, limit, OptionalDouble.of(sensible(probability)));
    }

    @Override
    public Optional<Metric> subject() {
      return Optional.of(metric);
    }

    @Override
    public String text() {
      return "%s %s %s%s"
          .formatted(
              metric.direction() == Direction.HIGHER_IS_BETTER ? "minimum" : "maximum",
              metric.id(),
              Figures.number(limit),
              Figures.atConfidence(confidence));
    }
  }

  /** See {@link GateRule#maxBytes} and {@link GateRule#maxSizeShare}. */
  record MaxSize(double limit, Unit unit) implements GateRule {
    @Override
    public String text() {
      return "max-size "
          + (unit == Unit.ITSELF ? Figures.number(limit) + " bytes" : Figures.percent(limit));
    }
  }

  /** See {@link GateRule#maxMillis} and {@link GateRule#maxLatencyShare}. */
  record MaxLatency(double limit, Unit unit) implements GateRule {
    @Override
    public String text() {
      return "max-latency "
          + (unit == Unit.ITSELF ? Figures.number(limit) + " ms" : Figures.percent(limit));
    }
  }

  private static MetricLimit limit(String name, double value, Direction wanted, String other) {
    Metric metric = Metrics.parse(name);
    if (metric.direction() != wanted || !Double.isFinite(value)) {
      throw new CompressorException(
          ErrorCode.USAGE,
          "gate",
          "limit %s does not suit %s".formatted(value, name),
          "use '%s' and a finite number".formatted(other));
    }
    return new MetricLimit(metric, value, OptionalDouble.empty());
  }

  private static double notNegative(double limit) {
    if (!(limit >= 0) || Double.isInfinite(limit)) {
      throw new CompressorException(
          ErrorCode.USAGE, "gate", "limit is " + limit, "give a finite number of at least 0");
    }
    return limit;
  }

  private static double sensible(double confidence) {
    if (!(confidence >= 0.5 && confidence < 1)) {
      throw new CompressorException(
          ErrorCode.USAGE,
          "confidence",
          "confidence is " + confidence,
          "give a share from 50% up to, not including, 100%");
    }
    return confidence;
  }
}
