package io.compressor.encoding;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.solver.FoldedGrid;
import io.compressor.solver.Grid;
import io.compressor.solver.UniformGrid;

/**
 * What a table encoding writes: w = rowScales[r] · rint(table[code] · multipliers[r, g] / 2^shift).
 *
 * @param table int8 value of each code
 * @param group columns that share a multiplier; {@code cols} when there are none
 * @param multipliers [rows × groups] unsigned bytes; empty = the table's values as they are
 */
record FoldedForm(
    int rows, int cols, byte[] table, int group, byte[] multipliers, int shift, float[] rowScales) {

  FoldedForm {
    requireFinite(rowScales);
  }

  int groups() {
    return (cols + group - 1) / group;
  }

  boolean hasMultipliers() {
    return multipliers.length > 0;
  }

  /** The table's values for a weight without multipliers, one byte a code. */
  byte[] int8(byte[] codes) {
    byte[] values = new byte[codes.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = table[codes[i] & 0xff];
    }
    return values;
  }

  /**
   * @throws CompressorException INTERNAL when the grid is of a kind that tables cannot hold
   */
  static FoldedForm of(Grid grid) {
    if (grid instanceof UniformGrid u && u.groups() == 1) {
      int zero = u.zeros().length == 0 ? 0 : u.zeros()[0] & 0xff;
      for (byte z : u.zeros()) {
        if ((z & 0xff) != zero) {
          throw unwritable("a uniform grid whose zero points differ");
        }
      }
      byte[] table = new byte[1 << u.bits()];
      for (int i = 0; i < table.length; i++) {
        table[i] = (byte) (i - zero);
      }
      return new FoldedForm(u.rows(), u.cols(), table, u.cols(), new byte[0], 0, u.scales());
    }
    if (grid instanceof FoldedGrid f) {
      return new FoldedForm(
          f.rows(),
          f.cols(),
          f.table().levels(),
          f.group(),
          f.isPlain() ? new byte[0] : f.multipliers(),
          f.shift(),
          f.rowScales());
    }
    throw unwritable("a " + grid.getClass().getSimpleName() + " with scales inside a row");
  }

  /**
   * @throws CompressorException MODEL when a scale is NaN or infinite
   */
  static void requireFinite(float[] scales) {
    for (float scale : scales) {
      if (!Float.isFinite(scale)) {
        throw new CompressorException(
            ErrorCode.MODEL,
            "scale",
            "found " + scale + " among the scales of a weight, expected finite numbers",
            "the weight holds NaN or infinite values; leave the site out");
      }
    }
  }

  private static CompressorException unwritable(String what) {
    return new CompressorException(
        ErrorCode.INTERNAL, "encoding", "cannot write " + what, "ask Encoding.grid first");
  }
}
