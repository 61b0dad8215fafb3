package io.compressor.statistics;

import io.compressor.ir.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Smallest, largest and mean element of each channel. */
final class ChannelGauge extends Gauge {
  private final String min;
  private final String max;
  private final String sum;
  private final String shape;
  private final double[] low;
  private final double[] high;
  private final double[] total;
  private long rows;

  ChannelGauge(Views views, String value) {
    super(value);
    Emit emit = views.emit();
    String x = views.rows(value);
    min = emit.reduce("ReduceMin", x, 0);
    max = emit.reduce("ReduceMax", x, 0);
    sum = emit.reduce("ReduceSum", x, 0);
    shape = emit.shape(x);
    low = new double[views.channels(value)];
    high = new double[low.length];
    total = new double[low.length];
    Arrays.fill(low, Double.POSITIVE_INFINITY);
    Arrays.fill(high, Double.NEGATIVE_INFINITY);
  }

  @Override
  List<String> outputs() {
    return List.of(min, max, sum, shape);
  }

  @Override
  @Nullable Runnable read(Map<String, Tensor> run, Span span) {
    float[] batchSum = get(run, sum).toFloats();
    if (!isFinite(batchSum)) {
      return null;
    }
    float[] batchLow = get(run, min).toFloats();
    float[] batchHigh = get(run, max).toFloats();
    long batchRows = get(run, shape).toLongs()[0];
    return () -> {
      for (int i = 0; i < total.length; i++) {
        low[i] = Math.min(low[i], batchLow[i]);
        high[i] = Math.max(high[i], batchHigh[i]);
        total[i] += batchSum[i];
      }
      rows += batchRows;
    };
  }

  ChannelRanges result() {
    double[] mean = total.clone();
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= rows;
    }
    return new ChannelRanges(low.clone(), high.clone(), mean, rows);
  }
}
