package io.compressor.encoding;

import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;

/**
 * How packed codes become levels inside a graph. Codes lie in rows of whole words; a graph that
 * reads constants only is run once, at load, so what counts there is the work for each weight.
 */
interface CodeUnpacking {
  /** How many codes a word holds. */
  CodeWords words();

  /**
   * Packs rows of codes, each row starting a new word, little-endian.
   *
   * @param codes [rows × cols], each below the number of levels
   */
  byte[] pack(byte[] codes, int rows, int cols);

  /**
   * Adds the nodes that restore the levels. Whatever moves data does so while a level is one byte:
   * at load ONNX Runtime keeps the result of every node, so that a Reshape of floats is a copy.
   *
   * @param packed value [rows × words(cols)] of {@link CodeWords#type}
   * @param cols codes in a row
   * @param dims shape of the result; −1 as in Reshape
   * @param type INT8 or FLOAT
   */
  String unpack(
      NodeList nodes, String base, String packed, long cols, long[] dims, ElementType type);

  /** As {@link #unpack} for codes that become a constant, all in one row. */
  default String unpackConstant(
      NodeList nodes, String base, byte[] codes, long[] dims, ElementType type) {
    String stored =
        nodes
            .emission()
            .constant(
                Tensor.ofBytes(
                    base + "/codes",
                    words().type(),
                    new long[] {1, words().words(codes.length)},
                    pack(codes, 1, codes.length)));
    return unpack(nodes, base, stored, codes.length, dims, type);
  }

  /** The cheapest way for a codebook: shifts where levels are consecutive, else a table. */
  static CodeUnpacking of(byte[] codebook) {
    return ShiftUnpacking.fits(codebook)
        ? new ShiftUnpacking(codebook)
        : new TableUnpacking(codebook);
  }
}
