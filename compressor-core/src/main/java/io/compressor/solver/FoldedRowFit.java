package io.compressor.solver;

import java.util.Arrays;

/** Scratch and search for one row of a {@link FoldedGrid}; one instance for each thread. */
final class FoldedRowFit {
  private static final double LEAST_ROOM = 0.55;
  private static final double ROOM_STEP = 0.09;

  private final ClipSearch search;
  private final int tries;
  private final int lowest;
  private final int highest;
  private final int most;
  private final int one;
  private final int largest;
  private final FoldedLevels levels;
  private final int groups;
  private final double[] wanted;
  private final byte[] trial;
  private final byte[] multipliers;
  private float rowScale;
  private double error;

  /**
   * @param one the multiplier that leaves codewords as they are, 2^shift
   * @param largest multiplier allowed
   */
  FoldedRowFit(
      QuantSpec spec,
      ClipSearch search,
      Codebook table,
      int one,
      int largest,
      FoldedLevels levels,
      int cols) {
    this.search = search;
    this.tries = spec.clipSearch() ? search.tries() : 1;
    this.lowest = table.levels()[0];
    this.highest = table.levels()[table.size() - 1];
    this.most = table.most();
    this.one = one;
    this.largest = largest;
    this.levels = levels;
    this.groups = spec.groups(cols);
    this.wanted = new double[groups];
    this.trial = new byte[groups];
    this.multipliers = new byte[groups];
  }

  float rowScale() {
    return rowScale;
  }

  byte[] multipliers() {
    return multipliers;
  }

  /** Σ h·(w − level)² of the row. */
  double error() {
    return error;
  }

  void fit(SortedGroups row) {
    error = Double.POSITIVE_INFINITY;
    fitSigned(row, 1);
    if (search.extraLevel() == ClipSearch.ExtraLevel.BEST && error > 0) {
      fitSigned(row, -1);
    }
  }

  private void fitSigned(SortedGroups row, int sign) {
    double widest = 0;
    for (int g = 0; g < groups; g++) {
      wanted[g] = groupScale(row, g, sign);
      widest = Math.max(widest, wanted[g]);
    }
    if (widest == 0) {
      Arrays.fill(trial, (byte) Math.min(one, largest));
      keep(0, sign, 1);
      return;
    }
    double unit = widest * one / largest;
    double least = tries == 1 || groups == 1 ? 0.99 : LEAST_ROOM;
    for (double room = 1; room > least; room -= ROOM_STEP) {
      tryRowScale(row, floor(room * unit), sign);
    }
  }

  private void tryRowScale(SortedGroups row, float scale, int sign) {
    double sum = 0;
    for (int g = 0; g < groups && sum < error; g++) {
      double ideal = Math.rint(wanted[g] / scale * one);
      int m = (int) Math.max(1, Math.min(largest, ideal));
      double e = groupError(row, g, sign * (double) scale, m);
      if (tries > 1 && groups > 1) {
        int start = m;
        for (int step = -1; step <= 1; step += 2) {
          for (int next = start + step; next >= 1 && next <= largest; next += step) {
            double better = groupError(row, g, sign * (double) scale, next);
            if (!(better < e)) {
              break;
            }
            e = better;
            m = next;
          }
        }
      }
      trial[g] = (byte) m;
      sum += e;
    }
    keep(sum, sign, scale);
  }

  private void keep(double sum, int sign, float scale) {
    if (sum < error) {
      error = sum;
      rowScale = sign * scale;
      System.arraycopy(trial, 0, multipliers, 0, groups);
    }
  }

  private static float floor(double scale) {
    return (float) Math.max(Float.MIN_NORMAL, Math.min(Float.MAX_VALUE, scale));
  }

  /** The best width of one codeword unit for a group; 0 if all its weights are. */
  private double groupScale(SortedGroups row, int g, int sign) {
    double lo = Math.min(0, sign > 0 ? row.smallest(g) : -row.largest(g));
    double hi = Math.max(0, sign > 0 ? row.largest(g) : -row.smallest(g));
    double full = Math.max(ratio(hi, highest), ratio(-lo, -lowest));
    if (full == 0 || tries == 1) {
      return full;
    }
    double best = Double.POSITIVE_INFINITY;
    double scale = full;
    for (int i = 0; i < tries; i++) {
      double s = full * (1 - (double) i / search.grid());
      double e = groupError(row, g, sign * s, one);
      if (e < best) {
        best = e;
        scale = s;
      }
    }
    return scale;
  }

  private double ratio(double weight, int codeword) {
    // A table without levels on this side can only clip; the other side decides the scale.
    return codeword > 0 ? weight / codeword : weight / most;
  }

  private double groupError(SortedGroups row, int g, double unit, int m) {
    return row.error(g, levels.all(), levels.start(m), levels.size(), unit);
  }
}
