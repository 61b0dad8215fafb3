package io.compressor.evaluate;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects what one model says about each sample. */
final class Scoring {
  private final Map<ScoredMetric.OfModel, SampleTable> tables = new LinkedHashMap<>();
  private final Map<Pooling, Embeddings> embeddings = new HashMap<>();
  private final Truth truth;

  Scoring(List<ScoredMetric> metrics, Truth truth, int samples) {
    this.truth = truth;
    for (ScoredMetric metric : metrics) {
      if (metric instanceof ScoredMetric.OfModel own) {
        tables.put(own, SampleTable.empty(own.columns(), samples));
      } else if (metric instanceof ScoredMetric.OfEmbeddings pooled) {
        embeddings.putIfAbsent(pooled.pooling(), new Embeddings(samples));
      }
    }
  }

  void add(int[] rows, ModelOutput output) {
    for (int row = 0; row < rows.length; row++) {
      if (rows[row] != Pass.SEEN) {
        add(rows[row], row, output);
      }
    }
  }

  private void add(int sample, int row, ModelOutput output) {
    tables.forEach(
        (metric, table) -> {
          double[] scores = new double[metric.columns()];
          metric.score(output, row, sample, truth, scores);
          table.put(sample, scores);
        });
    embeddings.forEach((pooling, vectors) -> vectors.put(sample, pooling.pool(output, row)));
  }

  /**
   * The numbers of a metric, once all samples are in.
   *
   * @param base what the base model said, for metrics that learn from it
   */
  SampleTable table(ScoredMetric metric, Scoring base, long seed) {
    if (metric instanceof ScoredMetric.OfEmbeddings pooled) {
      return pooled.fit(base.of(pooled), truth, seed).apply(of(pooled));
    }
    @Nullable SampleTable table =
        metric instanceof ScoredMetric.OfModel own ? tables.get(own) : null;
    if (table == null) {
      throw new IllegalStateException(metric.id() + " was not asked for");
    }
    return table;
  }

  private Embeddings of(ScoredMetric.OfEmbeddings metric) {
    @Nullable Embeddings own = embeddings.get(metric.pooling());
    if (own == null) {
      throw new IllegalStateException(metric.id() + " was not asked for");
    }
    return own;
  }
}
