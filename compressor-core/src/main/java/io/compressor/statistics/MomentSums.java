package io.compressor.statistics;

import java.util.List;

/** Running fp64 sums behind {@link Moments}. */
final class MomentSums {
  private static final int TILE = 64;

  private final int groups;
  private final int size;
  private final double[] products;
  private final double[] sums;
  private boolean lowerIsEmpty;
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

  /**
   * Adds what {@link Gram} gives. The lower triangle then stays behind; what is added to one of
   * these sums has to come from there always, or never.
   */
  void addStrips(List<float[]> strips) {
    lowerIsEmpty = true;
    int row = 0;
    for (float[] strip : strips) {
      int first = row;
      for (int i = 0; i < strip.length; i += size - first, row++) {
        int to = row * size + first;
        for (int c = 0; c < size - first; c++) {
          products[to + c] += strip[i + c];
        }
      }
    }
  }

  /** The sums themselves, made exactly symmetric; nothing may be added afterwards. */
  Moments result() {
    if (lowerIsEmpty) {
      mirror();
      return new Moments(groups, size, products, sums, rows, weight);
    }
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

  /** Copies the upper triangle to the lower, tile by tile so that both stay in the cache. */
  private void mirror() {
    for (int top = 0; top < size; top += TILE) {
      for (int left = 0; left <= top; left += TILE) {
        for (int r = top; r < Math.min(size, top + TILE); r++) {
          for (int c = left; c < Math.min(r, left + TILE); c++) {
            products[r * size + c] = products[c * size + r];
          }
        }
      }
    }
  }
}
