package io.compressor.encoding;

import io.compressor.formats.pack.BitPacking;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.solver.UniformGrid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Codes of a uniform grid as the block-quantized operators of ONNX Runtime store them: 2, 4 or 8
 * bits, first code in the low bits, each block of columns a whole number of bytes, the last block
 * padded with its zero point; packed zero points only where one differs from the default
 * 2^(bits−1).
 *
 * @param bits 2, 4 or 8
 * @param block columns in a block, a power of two ≥ 16
 * @param codes [rows × blocks × block·bits/8]
 * @param zeros [rows × ⌈blocks·bits/8⌉], or empty when all are the default
 */
record BlockCodes(
    int bits, int block, int rows, int blocks, byte[] codes, float[] scales, byte[] zeros) {

  /** How many axes the operator wants: codes [rows, blocks, bytes] or [rows, bytes]. */
  enum Rank {
    BY_BLOCK,
    FLAT
  }

  static int width(int bits) {
    return bits <= 2 ? 2 : bits <= 4 ? 4 : 8;
  }

  /**
   * @param minBits narrowest width that the operator has
   */
  static BlockCodes of(UniformGrid grid, byte[] codes, int minBits) {
    int bits = Math.max(minBits, width(grid.bits()));
    int blocks = grid.groups();
    int block = block(grid.cols(), grid.group());
    int shift = (1 << (bits - 1)) - (1 << (grid.bits() - 1));
    byte[] zeros = new byte[grid.zeros().length];
    boolean asymmetric = false;
    for (int i = 0; i < zeros.length; i++) {
      zeros[i] = (byte) (grid.zeros()[i] + shift);
      asymmetric |= (zeros[i] & 0xff) != 1 << (bits - 1);
    }
    FoldedForm.requireFinite(grid.scales());
    int stored = blocks * block;
    byte[] padded = new byte[Math.multiplyExact(grid.rows(), stored)];
    for (int r = 0; r < grid.rows(); r++) {
      for (int k = 0; k < stored; k++) {
        padded[r * stored + k] =
            k < grid.cols()
                ? (byte) (codes[r * grid.cols() + k] + shift)
                : zeros[r * blocks + k / block];
      }
    }
    byte[] packedZeros = asymmetric ? packRows(zeros, grid.rows(), blocks, bits) : new byte[0];
    return new BlockCodes(
        bits,
        block,
        grid.rows(),
        blocks,
        BitPacking.pack(padded, bits), // a block is whole bytes, so rows may follow one another
        grid.scales(),
        packedZeros);
  }

  /** Writes codes, scales and, where needed, zero points; returns their names in that order. */
  List<String> constants(Emission emission, String base, Rank rank) {
    long bytes = (long) block * bits / 8;
    long[] dims =
        rank == Rank.BY_BLOCK
            ? new long[] {rows, blocks, bytes}
            : new long[] {rows, blocks * bytes};
    List<String> names = new ArrayList<>();
    names.add(emission.constant(Tensor.ofBytes(base + "/codes", ElementType.UINT8, dims, codes)));
    names.add(
        emission.constant(Tensor.ofFloats(base + "/scales", new long[] {rows, blocks}, scales)));
    if (zeros.length > 0) {
      long[] zeroDims = {rows, zeros.length / rows};
      names.add(
          emission.constant(Tensor.ofBytes(base + "/zeros", ElementType.UINT8, zeroDims, zeros)));
    }
    return names;
  }

  private static byte[] packRows(byte[] values, int rows, int cols, int bits) {
    int bytes = BitPacking.packedLength(cols, bits);
    byte[] packed = new byte[rows * bytes];
    for (int r = 0; r < rows; r++) {
      byte[] row = Arrays.copyOfRange(values, r * cols, (r + 1) * cols);
      System.arraycopy(BitPacking.pack(row, bits), 0, packed, r * bytes, bytes);
    }
    return packed;
  }

  /** Columns in a block as stored: short rows are one block, padded to a power of two. */
  static int block(int cols, int group) {
    return cols > group
        ? group
        : Math.max(16, cols <= 1 ? 1 : Integer.highestOneBit(cols - 1) << 1);
  }
}
