package io.compressor.solver;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One row of weights, each group sorted, with running sums: the squared error of any ascending
 * levels then costs a few operations a level instead of a search for every weight. With 64 weights
 * in a group and 8 levels that is a tenth.
 *
 * <p>The weights between two decision points (halfway between neighbouring levels) are a run of the
 * sorted group; Σ h(w − l)² of a run is Σhw² − 2l·Σhw + l²·Σh. Where a run ends is looked up: the
 * range of the group is cut into cells a few times as many as weights, each knows how many weights
 * lie below it, and the rest is found by walking, mostly not one step. Safe on many threads.
 */
final class SortedGroups {
  private static final int CELLS_PER_WEIGHT = 4;
  private static final int MOST_CELLS = 1 << 12;

  private final int cols;
  private final int group;
  private final int cells;
  private final double[] value;

  /** Σh and Σhw of the weights before each place, one after the other. */
  private final double[] sums;

  private final double[] square;

  /** Cells for one unit of weight, by group. */
  private final double[] density;

  /** First weight that lies in each cell or above it. */
  private final int[] first;

  /**
   * @param w the cols weights from an offset on are the row, finite
   * @param h weight of each column, ≥ 0; null = 1
   */
  SortedGroups(float[] w, int offset, int cols, int group, double @Nullable [] h) {
    int groups = (cols + group - 1) / group;
    this.cols = cols;
    this.group = group;
    this.cells = Math.min(MOST_CELLS, CELLS_PER_WEIGHT * Math.min(group, cols));
    value = new double[cols];
    sums = new double[2 * (cols + groups)];
    square = new double[groups];
    density = new double[groups];
    first = new int[groups * cells];
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
      sums[2 * (i + g + 1)] = m;
      sums[2 * (i + g + 1) + 1] = m1;
    }
    square[g] = m2;
    index(g, from, to);
  }

  private void index(int g, int from, int to) {
    double range = value[to - 1] - value[from];
    double perUnit = cells / range;
    density[g] = range > 0 && perUnit < Double.MAX_VALUE ? perUnit : 0;
    int i = from;
    for (int cell = 0; cell < cells; cell++) {
      while (i < to && cell(g, value[i]) < cell) {
        i++;
      }
      first[g * cells + cell] = i;
    }
  }

  /** Never falls with growing v, so what lies in a cell below that of v is less than v. */
  private int cell(int g, double v) {
    int at = (int) ((v - value[g * group]) * density[g]);
    return Math.max(0, Math.min(cells - 1, at));
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
    double low = levels[code] * unit;
    double sum = square[g];
    double mass = sums[2 * (from + g)];
    double moment = sums[2 * (from + g) + 1];
    for (int k = 1; k < size; k++) {
      code += step;
      double next = levels[code] * unit;
      int stop = below(g, to, (low + next) / 2);
      double nextMass = sums[2 * (stop + g)];
      double nextMoment = sums[2 * (stop + g) + 1];
      sum += low * (low * (nextMass - mass) - 2 * (nextMoment - moment));
      mass = nextMass;
      moment = nextMoment;
      low = next;
    }
    double run = sums[2 * (to + g)] - mass;
    sum += low * (low * run - 2 * (sums[2 * (to + g) + 1] - moment));
    return Math.max(0, sum);
  }

  /** Place after the weights of a group that are less than a point. */
  private int below(int g, int to, double point) {
    int i = first[g * cells + cell(g, point)];
    while (i < to && value[i] < point) {
      i++;
    }
    return i;
  }

  /** Bits of a float as an int of the same order. */
  private static int ordered(float v) {
    int bits = Float.floatToRawIntBits(v);
    return bits ^ (bits >> 31 & Integer.MAX_VALUE);
  }
}
