package io.compressor.statistics;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** First and second moments; calibration and hold-out apart. */
abstract class MomentGauge extends Gauge {
  private final List<String> names;
  private final int groups;
  private final int size;
  private final Map<Span.Part, MomentSums> sums = new EnumMap<>(Span.Part.class);

  MomentGauge(String value, List<String> names, int groups, int size) {
    super(value);
    this.names = names;
    this.groups = groups;
    this.size = size;
  }

  /** What the result is filed under. */
  final List<String> names() {
    return names;
  }

  final int size() {
    return size;
  }

  final MomentSums sums(Span.Part part) {
    return sums.computeIfAbsent(part, p -> new MomentSums(groups, size));
  }

  final Optional<Moments> result(Span.Part part) {
    return Optional.ofNullable(sums.get(part)).map(MomentSums::result);
  }

  /**
   * Products that can be computed by now, on any thread; each gives what to do to the sums, in
   * order, on the collecting thread.
   *
   * @param gram computes them
   * @param last whether the data has ended
   */
  List<Supplier<Runnable>> due(Gram gram, boolean last) {
    return new ArrayList<>();
  }
}
