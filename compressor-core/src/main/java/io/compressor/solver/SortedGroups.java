package io.compressor.solver;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One row of weights, each group sorted, with running sums: the squared error of any ascending
 * levels then costs a few operations a level instead of a search for every weight. With 64 weights
 * in a group and 8 levels that is a tenth.
 *
 * <p>The weights between two decision points (halfway between neighbouring levels) are a run of the
 * sorted group; Σ h(w − l)² of a run is Σhw² − 2l·Σhw + l²·Σh. Decision points move little from one
 * trial to the next, so each is found by walking from where it was: one thread at a time.
 */
final class SortedGroups {
  private final int cols;
  private final int group;
  private final int most;
  private final double[] value;
  private final double[] mass;
  private final double[] moment;
  private final double[] square;
  private final int[] cut;

  /**
   * @param w the cols weights from an offset on are the row, finite
   * @param most number of levels that may be asked for
   * @param h weight of each column, ≥ 0; null = 1
   */
  SortedGroups(float[] w, int offset, int cols, int group, int most, double @Nullable [] h) {
    int groups = (cols + group - 1) / group;
    this.cols = cols;
    this.group = group;
    this.most = most;
    value = new double[cols];
    mass = new double[cols + groups];
    moment = new double[cols + groups];
    square = new double[groups];
    cut = new int[groups * (most - 1)];
    long[] keys = new long[cols];
    for (int c = 0; c < cols; c++) {
      keys[c] = (long) ordered(w[offset + c]) << 32 | c;
    }
    for (int g = 0; g < groups; g++) {
      load(g, w, offset, keys, h);
    }
  }

  private void load(int g, float[] w, int offset, long[] keys, double @Nullable [] h) {
    int from = g * group;
    int to = Math.min(cols, from + group);
    Arrays.sort(keys, from, to);
    double m = 0;
    double m1 = 0;
    double m2 = 0;
    for (int i = from; i < to; i++) {
      int c = (int) keys[i];
      double v = w[offset + c];
      double weight = h == null ? 1 : h[c];
      value[i] = v;
      m += weight;
      m1 += weight * v;
      m2 += weight * v * v;
      mass[i + g + 1] = m;
      moment[i + g + 1] = m1;
    }
    square[g] = m2;
    for (int k = 0; k < most - 1; k++) {
      cut[g * (most - 1) + k] = from + (to - from) * (k + 1) / most;
    }
  }

  double smallest(int g) {
    return value[g * group];
  }

  double largest(int g) {
    return value[Math.min(cols, (g + 1) * group) - 1];
  }

  /**
   * Σ h·(w − nearest level)² of a group, ≥ 0.
   *
   * @param levels {@code size} numbers from {@code at} on, ascending
   * @param unit width of one level; below 0 the levels are mirrored
   */
  double error(int g, byte[] levels, int at, int size, double unit) {
    int from = g * group;
    int to = Math.min(cols, from + group);
    int step = unit < 0 ? -1 : 1;
    int code = unit < 0 ? at + size - 1 : at;
    int cuts = g * (most - 1);
    double low = levels[code] * unit;
    double sum = square[g];
    int start = from;
    for (int k = 0; k < size; k++) {
      int stop = to;
      double next = low;
      if (k + 1 < size) {
        next = levels[code + step] * unit;
        stop = walk(cut[cuts + k], start, to, (low + next) / 2);
        cut[cuts + k] = stop;
      }
      double run = mass[stop + g] - mass[start + g];
      double first = moment[stop + g] - moment[start + g];
      sum += low * (low * run - 2 * first);
      start = stop;
      low = next;
      code += step;
    }
    return Math.max(0, sum);
  }

  /** Number of sorted weights below a point. */
  private int walk(int guess, int from, int to, double point) {
    int i = Math.max(guess, from);
    while (i < to && value[i] < point) {
      i++;
    }
    while (i > from && value[i - 1] >= point) {
      i--;
    }
    return i;
  }

  /** Bits of a float as an int of the same order. */
  private static int ordered(float v) {
    int bits = Float.floatToRawIntBits(v);
    return bits ^ (bits >> 31 & Integer.MAX_VALUE);
  }
}
