package io.compressor.evaluate;

/** Mean over samples of the cosine between pooled outputs. */
record Cosine(Pooling pooling) implements ScoredMetric.OfComparison {
  @Override
  public String id() {
    return "cosine";
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
  public double ideal() {
    return 1;
  }

  @Override
  public int columns() {
    return 1;
  }

  @Override
  public void score(ModelOutput base, ModelOutput candidate, int row, double[] into) {
    into[0] = Embeddings.cosine(pooling.pool(base, row), pooling.pool(candidate, row));
  }

  @Override
  public Statistic statistic(SampleTable table) {
    return Statistic.mean(table.column(0));
  }
}
