package io.compressor.statistics;

import io.compressor.ir.Tensor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One statistic of one value: what a run has to return for it, and the sum over all runs. */
abstract class Gauge {
  private final String value;
  private int batches;
  private int broken;
  private @Nullable Span firstBroken;

  Gauge(String value) {
    this.value = value;
  }

  final String value() {
    return value;
  }

  /** Outputs that a run must return. */
  abstract List<String> outputs();

  /**
   * Reads one run, on any thread, without touching the sums.
   *
   * @return what to do to the sums, on the collecting thread and in batch order
   */
  final Runnable digest(Map<String, Tensor> run, Span span) {
    Runnable addition = read(run, span);
    return () -> {
      batches++;
      if (addition == null) {
        broken++;
        firstBroken = firstBroken == null ? span : firstBroken;
      } else {
        addition.run();
      }
    };
  }

  /** As {@link #digest}; null when the run has numbers that are not finite. */
  abstract @Nullable Runnable read(Map<String, Tensor> run, Span span);

  /** Whether at least one batch counted. */
  final boolean isMeasured() {
    return batches > broken;
  }

  final List<Finding> findings() {
    if (firstBroken == null) {
      return List.of();
    }
    return List.of(
        new Finding(
            value,
            "NaN or infinite in %d of %d batches, first in samples %d to %d; these do not count"
                .formatted(broken, batches, firstBroken.from(), firstBroken.to() - 1),
            !isMeasured()));
  }

  static Tensor get(Map<String, Tensor> run, String output) {
    Tensor tensor = run.get(output);
    if (tensor == null) {
      throw new IllegalStateException("the run did not return '" + output + "'");
    }
    return tensor;
  }

  static boolean isFinite(float[] values) {
    // a sum of magnitudes would overflow; 0 times x is 0 for every finite x and NaN else
    float poison = 0;
    for (float v : values) {
      poison += v * 0f;
    }
    return poison == 0;
  }
}
