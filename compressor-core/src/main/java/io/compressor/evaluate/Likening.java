package io.compressor.evaluate;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects how the candidate's outputs differ from the base's. */
final class Likening {
  private final Map<ScoredMetric.OfComparison, SampleTable> tables = new LinkedHashMap<>();
  private boolean identical = true;

  Likening(List<ScoredMetric> metrics, int samples) {
    for (ScoredMetric metric : metrics) {
      if (metric instanceof ScoredMetric.OfComparison likeness) {
        tables.put(likeness, SampleTable.empty(likeness.columns(), samples));
      }
    }
  }

  void add(int[] rows, ModelOutput base, ModelOutput candidate) {
    if (!Arrays.equals(base.shape(), candidate.shape())) {
      throw new CompressorException(
          ErrorCode.MODEL,
          base.name(),
          "the base's output has shape %s, the candidate's %s"
              .formatted(Arrays.toString(base.shape()), Arrays.toString(candidate.shape())),
          "compare models of the same task");
    }
    identical &= Arrays.equals(base.values(), candidate.values());
    tables.forEach(
        (metric, table) -> {
          double[] scores = new double[metric.columns()];
          for (int row = 0; row < rows.length; row++) {
            if (rows[row] != Pass.SEEN) {
              Arrays.fill(scores, 0);
              metric.score(base, candidate, row, scores);
              table.put(rows[row], scores);
            }
          }
        });
  }

  /** Whether all outputs so far were equal bit by bit. */
  boolean identical() {
    return identical;
  }

  SampleTable table(ScoredMetric.OfComparison metric) {
    @Nullable SampleTable table = tables.get(metric);
    if (table == null) {
      throw new IllegalStateException(metric.id() + " was not asked for");
    }
    return table;
  }
}
