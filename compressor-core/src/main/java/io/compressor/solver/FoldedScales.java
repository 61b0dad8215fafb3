package io.compressor.solver;

/**
 * Brings learnt numbers, a table and a scale for each group, into the form of a {@link FoldedGrid}.
 */
public final class FoldedScales {
  private FoldedScales() {}

  /**
   * The nearest grid: codewords become int8, a row's largest scale reaches the end of int8, the
   * others become multiples of it. Scales of one row have one sign.
   *
   * @param scales [rows × groups], finite, not 0
   * @param table int8 codewords
   * @param unit what one step of the table is in the numbers that {@code scales} multiply
   * @param limit largest magnitude of the int8 weight
   */
  public static FoldedGrid fold(
      float[] scales, int rows, int cols, int group, Codebook table, double unit, int limit) {
    int groups = (cols + group - 1) / group;
    boolean plain = groups == 1 && table.most() <= limit;
    int shift = plain ? 0 : shift(table, limit);
    int largest = plain ? 1 : FoldedLevels.largestMultiplier(table, shift, limit);
    float[] rowScales = new float[rows];
    byte[] multipliers = new byte[rows * groups];
    for (int r = 0; r < rows; r++) {
      double most = 0;
      for (int g = 0; g < groups; g++) {
        double a = scales[r * groups + g];
        most = Math.abs(a) > Math.abs(most) ? a : most;
      }
      double row = most * unit * (1 << shift) / largest;
      rowScales[r] = (float) row;
      for (int g = 0; g < groups; g++) {
        double m = Math.rint(scales[r * groups + g] * unit * (1 << shift) / row);
        multipliers[r * groups + g] = (byte) Math.max(1, Math.min(largest, m));
      }
    }
    return new FoldedGrid(rows, cols, group, table, shift, rowScales, multipliers);
  }

  /** The finest multiplier step with which the largest codeword can still reach the limit. */
  static int shift(Codebook table, int limit) {
    int shift = 0;
    while (shift < 7 && limit * (2 << shift) <= 255 * table.most()) {
      shift++;
    }
    return shift;
  }
}
