package io.compressor.encoding;

import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.solver.UniformGrid;
import java.util.ArrayList;
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
    byte[] packed = new byte[grid.rows() * blocks * (block * bits / 8)];
    for (int r = 0; r < grid.rows(); r++) {
      for (int k = 0; k < blocks * block; k++) {
        int code =
            k < grid.cols()
                ? (codes[r * grid.cols() + k] & 0xff) + shift
                : zeros[r * blocks + k / block] & 0xff;
        put(packed, r * blocks * block + k, code, bits);
      }
    }
    byte[] packedZeros = asymmetric ? packRows(zeros, grid.rows(), blocks, bits) : new byte[0];
    return new BlockCodes(bits, block, grid.rows(), blocks, packed, grid.scales(), packedZeros);
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
    int bytes = (cols * bits + 7) / 8;
    byte[] packed = new byte[rows * bytes];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        put(packed, r * bytes * (8 / bits) + c, values[r * cols + c] & 0xff, bits);
      }
    }
    return packed;
  }

  private static void put(byte[] packed, int index, int code, int bits) {
    int perByte = 8 / bits;
    packed[index / perByte] |= (byte) (code << (index % perByte * bits));
  }

  /** Columns in a block as stored: short rows are one block, padded to a power of two. */
  static int block(int cols, int group) {
    return cols > group
        ? group
        : Math.max(16, cols <= 1 ? 1 : Integer.highestOneBit(cols - 1) << 1);
  }
}
