package io.compressor.statistics;

/** Running fp64 sums behind {@link Moments}. */
final class MomentSums {
  private final int groups;
  private final int size;
  private final double[] products;
  private final double[] sums;
  private long rows;
  private double weight;

  MomentSums(int groups, int size) {
    this.groups = groups;
    this.size = size;
    this.products = new double[groups * size * size];
    this.sums = new double[groups * size];
  }

  /** Counts rows whose products come, or came, separately. */
  void addRows(float[] moreSums, long moreRows, double moreWeight) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += moreSums[i];
    }
    rows += moreRows;
    weight += moreWeight;
  }

  void addProducts(float[] more) {
    for (int i = 0; i < products.length; i++) {
      products[i] += more[i];
    }
  }

  /** The sums themselves, made exactly symmetric; nothing may be added afterwards. */
  Moments result() {
    for (int g = 0; g < groups; g++) {
      int base = g * size * size;
      for (int r = 1; r < size; r++) {
        for (int c = 0; c < r; c++) {
          double mean = (products[base + r * size + c] + products[base + c * size + r]) / 2;
          products[base + r * size + c] = mean;
          products[base + c * size + r] = mean;
        }
      }
    }
    return new Moments(groups, size, products, sums, rows, weight);
  }
}
