package io.compressor.encoding;

import io.compressor.ir.ElementType;

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
   * Adds the nodes that restore the levels.
   *
   * @param packed value [rows × wordsInRow] of {@link CodeWords#type}
   * @param type INT8 or FLOAT
   * @return value [rows × wordsInRow · perWord] in code order, padding last
   */
  String unpack(NodeList nodes, String base, String packed, long wordsInRow, ElementType type);

  /** The cheapest way for a codebook: shifts where levels are consecutive, else a table. */
  static CodeUnpacking of(byte[] codebook) {
    return ShiftUnpacking.fits(codebook)
        ? new ShiftUnpacking(codebook)
        : new TableUnpacking(codebook);
  }
}
