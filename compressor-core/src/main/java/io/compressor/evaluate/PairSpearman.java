package io.compressor.evaluate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Rank correlation between the cosine of a pair's embeddings (samples 2i and 2i + 1) and the pair's
 * score. Equal values share their mean rank.
 */
record PairSpearman(Pooling pooling) implements ScoredMetric.OfEmbeddings {
  @Override
  public String id() {
    return "spearman";
  }

  @Override
  public Direction direction() {
    return Direction.HIGHER_IS_BETTER;
  }

  @Override
  public DropScale dropScale() {
    return DropScale.ABSOLUTE;
  }

  @Override
  public Function<Embeddings, SampleTable> fit(Embeddings base, Truth truth, long seed) {
    double[] scores = truth.pairScores(id());
    return embeddings -> SampleTable.of(cosines(embeddings, truth, scores.length), scores);
  }

  private static double[] cosines(Embeddings embeddings, Truth truth, int pairs) {
    double[] cosines = new double[pairs];
    for (int i = 0; i < pairs; i++) {
      float[] a = embeddings.get(2 * i);
      float[] b = embeddings.get(2 * i + 1);
      if (a.length != b.length) {
        throw truth.unfit(
            "pair %d has outputs of %d and %d values".formatted(i, a.length, b.length),
            "choose a pooling: mean or cls");
      }
      cosines[i] = Embeddings.cosine(a, b);
    }
    return cosines;
  }

  @Override
  public Statistic statistic(SampleTable table) {
    double[] x = table.column(0);
    double[] y = table.column(1);
    int[] orderX = order(x);
    int[] orderY = order(y);
    return counts -> correlation(ranks(x, orderX, counts), ranks(y, orderY, counts), counts);
  }

  private static int[] order(double[] values) {
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> values[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Mean rank of each value when row i occurs counts[i] times; {@code order} sorts the values. */
  private static double[] ranks(double[] values, int[] order, int[] counts) {
    double[] ranks = new double[values.length];
    double below = 0;
    for (int from = 0; from < order.length; ) {
      int to = from;
      long tied = 0;
      while (to < order.length && values[order[to]] == values[order[from]]) {
        tied += counts[order[to++]];
      }
      double rank = below + 0.5 * (tied + 1);
      for (int i = from; i < to; i++) {
        ranks[order[i]] = rank;
      }
      below += tied;
      from = to;
    }
    return ranks;
  }

  /** Pearson's correlation with multiplicities; NaN when either side is constant. */
  private static double correlation(double[] x, double[] y, int[] counts) {
    double n = Arrays.stream(counts).sum();
    double middle = 0.5 * (n + 1); // the mean of ranks, ties or not
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      double dx = x[i] - middle;
      double dy = y[i] - middle;
      xy += counts[i] * dx * dy;
      xx += counts[i] * dx * dx;
      yy += counts[i] * dy * dy;
    }
    return xx == 0 || yy == 0 ? Double.NaN : xy / Math.sqrt(xx * yy);
  }
}
