package io.compressor.encoding;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.solver.FoldedGrid;
import io.compressor.solver.Grid;
import io.compressor.solver.UniformGrid;
import java.util.Arrays;

/**
 * What a table encoding writes: w = rowScales[r] · rint(table[code] · multipliers[r, g] / 2^shift).
 *
 * @param table int8 value of each code
 * @param group columns that share a multiplier; {@code cols} when there are none
 * @param multipliers [rows × groups] unsigned bytes; empty = the table's values as they are
 */
record FoldedForm(
    int rows, int cols, byte[] table, int group, byte[] multipliers, int shift, float[] rowScales) {

  private static final int SMALLEST_BAND = 16;
  private static final int LARGEST_BAND = 128;

  FoldedForm {
    requireFinite(rowScales);
  }

  int groups() {
    return (cols + group - 1) / group;
  }

  /**
   * How many consecutive rows share their scale and multipliers, so that these are stored once: all
   * rows, or the most of 128, 64, 32 and 16; 1 when neighbours differ.
   */
  int band() {
    int equal = rows;
    for (int r = 1; r < rows; r++) {
      if (!isLikeTheOneBefore(r)) {
        equal = Math.min(equal, Integer.lowestOneBit(r));
        if (equal < SMALLEST_BAND) {
          return 1;
        }
      }
    }
    return equal == rows ? rows : Math.min(LARGEST_BAND, equal);
  }

  private boolean isLikeTheOneBefore(int row) {
    int groups = multipliers.length / rows;
    return rowScales[row] == rowScales[row - 1]
        && Arrays.equals(
            multipliers,
            row * groups,
            (row + 1) * groups,
            multipliers,
            (row - 1) * groups,
            row * groups);
  }

  /** Bands of rows. */
  int bands() {
    return (rows + band() - 1) / band();
  }

  /** The scale of each band, [bands]. */
  float[] bandScales() {
    float[] scales = new float[bands()];
    for (int b = 0; b < scales.length; b++) {
      scales[b] = rowScales[b * band()];
    }
    return scales;
  }

  /** The multipliers of each band, [bands × groups]. */
  byte[] bandMultipliers() {
    byte[] all = new byte[bands() * groups()];
    for (int b = 0; b < bands(); b++) {
      System.arraycopy(multipliers, b * band() * groups(), all, b * groups(), groups());
    }
    return all;
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
