package io.compressor.evaluate;

/** How [S,D] becomes one vector of a sample. */
public enum Pooling {
  /** Mean over unmasked positions. */
  MEAN,
  /** The first position. */
  CLS,
  /** All positions one after the other: for outputs that are a vector already. */
  NONE;

  float[] pool(ModelOutput output, int row) {
    if (this == NONE || output.positions() == 1) {
      int length = output.positions() * output.width();
      float[] all = new float[length];
      System.arraycopy(output.values(), output.offset(row, 0), all, 0, length);
      return all;
    }
    if (this == CLS) {
      float[] first = new float[output.width()];
      System.arraycopy(output.values(), output.offset(row, 0), first, 0, first.length);
      return first;
    }
    return mean(output, row);
  }

  private static float[] mean(ModelOutput output, int row) {
    double[] sum = new double[output.width()];
    int n = 0;
    for (int p = 0; p < output.positions(); p++) {
      if (output.counts(row, p)) {
        int at = output.offset(row, p);
        for (int i = 0; i < sum.length; i++) {
          sum[i] += output.values()[at + i];
        }
        n++;
      }
    }
    float[] mean = new float[sum.length];
    for (int i = 0; i < sum.length; i++) {
      mean[i] = (float) (sum[i] / Math.max(n, 1));
    }
    return mean;
  }
}
