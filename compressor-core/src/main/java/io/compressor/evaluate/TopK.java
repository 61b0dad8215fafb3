package io.compressor.evaluate;

/**
 * Share of samples whose label is among the k classes with the largest logits. Of equal logits the
 * lower class comes first, as with numpy's argmax.
 */
record TopK(int k) implements ScoredMetric.OfModel {
  @Override
  public String id() {
    return "top" + k;
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
  public boolean proportion() {
    return true;
  }

  @Override
  public int columns() {
    return 1;
  }

  @Override
  public void score(ModelOutput output, int row, int sample, Truth truth, double[] into) {
    int at = output.logits(id(), row);
    int label = truth.label(id(), sample, output.width());
    float own = output.values()[at + label];
    int ahead = 0;
    for (int c = 0; c < output.width(); c++) {
      float v = output.values()[at + c];
      if (Float.isNaN(v)) {
        into[0] = Double.NaN;
        return;
      }
      if (v > own || (v == own && c < label)) {
        ahead++;
      }
    }
    into[0] = ahead < k ? 1 : 0;
  }

  @Override
  public Statistic statistic(SampleTable table) {
    return Statistic.mean(table.column(0));
  }
}
