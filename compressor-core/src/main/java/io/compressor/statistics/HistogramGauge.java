package io.compressor.statistics;

import io.compressor.ir.Tensor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts elements in bins of a range known beforehand. ONNX has no operator that counts, and every
 * spelling with those it has is far slower than a loop here, so this is the one statistic whose
 * activations leave the session, a batch at a time.
 */
final class HistogramGauge extends Gauge {
  private final String data;
  private final Range range;
  private final long[] counts = new long[Histogram.BINS];

  HistogramGauge(Views views, String value, Range range) {
    super(value);
    // through Identity, since the value itself may be an input of the model
    this.data = views.emit().node("Identity", List.of(views.elements(value)));
    this.range = range;
  }

  @Override
  List<String> outputs() {
    return List.of(data);
  }

  @Override
  @Nullable Runnable read(Map<String, Tensor> run, Span span) {
    float[] values = get(run, data).toFloats();
    if (!isFinite(values)) {
      return null;
    }
    long[] batch = new long[counts.length];
    double width = range.max() - range.min();
    double scale = width > 0 ? counts.length / width : 0;
    for (float v : values) {
      batch[Math.min(counts.length - 1, (int) ((v - range.min()) * scale))]++;
    }
    return () -> {
      for (int i = 0; i < counts.length; i++) {
        counts[i] += batch[i];
      }
    };
  }

  Histogram result() {
    return new Histogram(range.min(), range.max(), counts.clone());
  }
}
