package io.compressor.encoding;

import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;

/**
 * Levels of the rows of an embedding table. A table of up to 2^24 codes is unpacked to int8 once,
 * at load, where it takes a quarter of its floats; a larger one stays packed in memory and only the
 * rows that were gathered are unpacked, each time.
 */
final class RowLevels {
  private static final long UNPACKED_AT_LOAD = 1 << 24;

  private final CodeUnpacking packing;
  private final int cols;
  private final boolean isUnpacked;
  private final String rows;

  private RowLevels(CodeUnpacking packing, int cols, boolean isUnpacked, String rows) {
    this.packing = packing;
    this.cols = cols;
    this.isUnpacked = isUnpacked;
    this.rows = rows;
  }

  /**
   * @param codes [rows × cols]
   */
  static RowLevels of(
      Emission emission, String base, CodeUnpacking packing, byte[] codes, int rows, int cols) {
    CodeWords words = packing.words();
    String packed =
        emission.constant(
            Tensor.ofBytes(
                base + "/codes",
                words.type(),
                new long[] {rows, words.words(cols)},
                packing.pack(codes, rows, cols)));
    boolean fits = (long) rows * cols <= UNPACKED_AT_LOAD;
    if (!fits) {
      return new RowLevels(packing, cols, false, packed);
    }
    NodeList nodes = new NodeList(emission);
    String whole =
        packing.unpack(nodes, base, packed, cols, new long[] {rows, cols}, ElementType.INT8);
    emission.inFront(nodes);
    return new RowLevels(packing, cols, true, whole);
  }

  /**
   * FLOAT levels of some rows.
   *
   * @param ids of rows, one after the other
   * @param dims shape of the result, one −1 for the rows
   */
  String gathered(NodeList nodes, String base, String ids, long... dims) {
    String some = nodes.gather(base + "/row", rows, ids);
    if (!isUnpacked) {
      return packing.unpack(nodes, base, some, cols, dims, ElementType.FLOAT);
    }
    String levels = nodes.cast(base + "/levels", some, ElementType.FLOAT);
    return dims.length == 2 ? levels : nodes.reshape(base + "/groups", levels, dims);
  }
}
