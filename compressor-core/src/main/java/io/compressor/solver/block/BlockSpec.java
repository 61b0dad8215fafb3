package io.compressor.solver.block;

import io.compressor.solver.Codebook;

/**
 * How a weight is cut and coded.
 *
 * @param table what a code stands for, times its block's scale
 * @param scale which scales there are
 * @param search the scale of each block with the least squared error instead of the one at which
 *     nothing is clipped
 */
public record BlockSpec(Codebook table, BlockShape shape, Scale scale, boolean search) {

  /** Which numbers a block's scale may be. */
  public enum Scale {
    /** 2^−s, so that dequantization is a shift. */
    POWER_OF_TWO,
    /** Any float. */
    EXACT
  }

  /**
   * Integers of so many bits: −(2^(bits−1) − 1) … 2^(bits−1) − 1, as published.
   *
   * @param bits 2 to 8
   */
  public static BlockSpec ofBits(int bits, BlockShape shape, Scale scale, boolean search) {
    return new BlockSpec(integers((1 << (bits - 1)) - 1), shape, scale, search);
  }

  /** −most … most. */
  public static Codebook integers(int most) {
    byte[] levels = new byte[2 * most + 1];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) (i - most);
    }
    return new Codebook(levels);
  }
}
