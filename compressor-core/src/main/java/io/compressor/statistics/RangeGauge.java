package io.compressor.statistics;

import io.compressor.ir.Tensor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Smallest and largest element. */
final class RangeGauge extends Gauge {
  private final String min;
  private final String max;
  private final String poison;
  private final String shape;
  private double low = Double.POSITIVE_INFINITY;
  private double high = Double.NEGATIVE_INFINITY;
  private long count;

  RangeGauge(Views views, String value) {
    super(value);
    Emit emit = views.emit();
    String x = views.elements(value);
    min = emit.reduce("ReduceMin", x);
    max = emit.reduce("ReduceMax", x);
    // comparisons may skip a NaN, so finiteness is asked for separately
    poison = emit.reduce("ReduceSum", emit.node("Sub", List.of(x, x)));
    shape = emit.shape(x);
  }

  @Override
  List<String> outputs() {
    return List.of(min, max, poison, shape);
  }

  @Override
  @Nullable Runnable read(Map<String, Tensor> run, Span span) {
    if (get(run, poison).toFloats()[0] != 0) {
      return null;
    }
    float batchLow = get(run, min).toFloats()[0];
    float batchHigh = get(run, max).toFloats()[0];
    long elements = 1;
    for (long size : get(run, shape).toLongs()) {
      elements *= size;
    }
    long batchCount = elements;
    return () -> {
      low = Math.min(low, batchLow);
      high = Math.max(high, batchHigh);
      count += batchCount;
    };
  }

  Range result() {
    return new Range(low, high, count);
  }
}
