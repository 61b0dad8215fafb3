package io.compressor.evaluate;

import java.util.function.Function;

/**
 * How a metric comes about: numbers by sample first, one value from them after. The middle form, a
 * {@link SampleTable}, is what makes paired intervals possible.
 */
sealed interface ScoredMetric extends Metric {
  /** The metric's value as a function of how often each row of the table counts. */
  Statistic statistic(SampleTable table);

  /** Whether the first column is a yes or no, and the value the share of yes. */
  default boolean proportion() {
    return false;
  }

  /** Scores each sample of one model against labels, scores or the input itself. */
  non-sealed interface OfModel extends ScoredMetric {
    /** Numbers kept for a sample. */
    int columns();

    /**
     * @param row of the sample within the batch
     * @param sample index within the data
     * @param into receives the columns; NaN in any of them marks the sample as not computable
     */
    void score(ModelOutput output, int row, int sample, Truth truth, double[] into);

    @Override
    default boolean againstBase() {
      return false;
    }
  }

  /** Scores each sample of the candidate against the base model's output. */
  non-sealed interface OfComparison extends ScoredMetric {
    int columns();

    /** The value for a candidate that is the base. */
    double ideal();

    void score(ModelOutput base, ModelOutput candidate, int row, double[] into);

    @Override
    default boolean againstBase() {
      return true;
    }
  }

  /** Works on one pooled vector per sample, once all are there. */
  non-sealed interface OfEmbeddings extends ScoredMetric {
    Pooling pooling();

    /**
     * @param base vectors of the base model, to learn from
     * @return what scores the vectors of either model
     */
    Function<Embeddings, SampleTable> fit(Embeddings base, Truth truth, long seed);

    @Override
    default boolean againstBase() {
      return false;
    }
  }
}
