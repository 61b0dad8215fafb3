package io.compressor.solver.block;

import io.compressor.solver.Codebook;
import io.compressor.solver.FoldedGrid;

/**
 * A block grid as rows of int8: the largest scale of a band of blocks becomes the scale of its
 * rows, and each block a multiplier of it. A band of one block is exact; so are powers of two that
 * differ by no more than int8 has room for. Elsewhere levels are rounded to int8.
 */
public final class BlockFold {
  private static final int LARGEST_MULTIPLIER = 255;

  private BlockFold() {}

  /**
   * @param limit largest magnitude of the int8 weight, no less than the largest level
   */
  public static FoldedGrid fold(BlockGrid grid, int limit) {
    Codebook table = withSpareLevel(grid.table());
    int across = grid.across();
    int shift = across == 1 ? 0 : shift(table.most(), limit);
    int largest = across == 1 ? 1 : largest(table.most(), limit, shift, isPowers(grid));
    float[] rowScales = new float[grid.rows()];
    byte[] multipliers = new byte[Math.multiplyExact(grid.rows(), across)];
    for (int row = 0; row < grid.rows(); row++) {
      int band = row / grid.shape().height() * across;
      float widest = 0;
      for (int a = 0; a < across; a++) {
        widest = Math.max(widest, grid.scales()[band + a]);
      }
      rowScales[row] =
          (float) Math.max(Float.MIN_NORMAL, Math.scalb((double) widest, shift) / largest);
      for (int a = 0; a < across; a++) {
        double m = Math.rint(Math.scalb(grid.scales()[band + a] / (double) rowScales[row], shift));
        multipliers[row * across + a] = (byte) (int) Math.max(1, Math.min(largest, m));
      }
    }
    return new FoldedGrid(
        grid.rows(), grid.cols(), grid.shape().width(), table, shift, rowScales, multipliers);
  }

  /** 15 integers get the sixteenth, so that codes unpack by shifts. */
  private static Codebook withSpareLevel(Codebook table) {
    byte[] levels = table.levels();
    boolean isFourBits = levels.length == 15 && levels[0] == -7 && levels[14] == 7;
    return isFourBits ? Codebook.uniform(4) : table;
  }

  private static boolean isPowers(BlockGrid grid) {
    for (float s : grid.scales()) {
      if (s != Math.scalb(1f, Math.getExponent(s))) {
        return false;
      }
    }
    return true;
  }

  /** The finest step with which the largest codeword still reaches the limit. */
  private static int shift(int most, int limit) {
    int shift = 0;
    while (shift < 7 && limit * (2 << shift) <= LARGEST_MULTIPLIER * most) {
      shift++;
    }
    return shift;
  }

  private static int largest(int most, int limit, int shift, boolean powers) {
    int m = Math.min(LARGEST_MULTIPLIER, limit * (1 << shift) / most);
    return powers ? Integer.highestOneBit(m) : m;
  }
}
