package io.compressor.encoding;

import io.compressor.ir.ElementType;

/**
 * How codes of any number of levels lie in whole machine words: each word holds {@code perWord}
 * codes as the digits of a number to the base {@code levels}, first code lowest. For 2, 4 and 16
 * levels that is plain bit packing; ternary codes go five to a byte, 8-level codes five to 16 bits.
 *
 * @param levels 2 to 256
 * @param wordBits 8 or 16
 * @param perWord codes in a word
 */
record CodeWords(int levels, int wordBits, int perWord) {

  /** The packing that needs least bits a code; the narrower word on a tie. */
  static CodeWords of(int levels) {
    if (levels < 2 || levels > 256) {
      throw new IllegalArgumentException("levels must be 2 to 256 but was " + levels);
    }
    int narrow = digits(levels, 8);
    int wide = digits(levels, 16);
    return wide > 2 * narrow ? new CodeWords(levels, 16, wide) : new CodeWords(levels, 8, narrow);
  }

  /** Whether the codes are smaller than bytes. */
  boolean isDense() {
    return wordBits < 8 * perWord;
  }

  ElementType type() {
    return wordBits == 8 ? ElementType.UINT8 : ElementType.UINT16;
  }

  /** Number of different words. */
  int wordCount() {
    return 1 << wordBits;
  }

  /** Words that {@code codes} codes take; the last one may be part filled. */
  long words(long codes) {
    return (codes + perWord - 1) / perWord;
  }

  /** Bytes that {@code codes} codes take. */
  long bytes(long codes) {
    return words(codes) * wordBits / 8;
  }

  /** {@code levels} to the powers 0 … perWord − 1: what to divide a word by to find a digit. */
  int[] powers() {
    int[] powers = new int[perWord];
    for (int i = 0, p = 1; i < perWord; i++, p *= levels) {
      powers[i] = p;
    }
    return powers;
  }

  /**
   * Packs rows of codes, each row starting a new word, little-endian.
   *
   * @param codes [rows × cols], each below {@code levels}
   */
  byte[] pack(byte[] codes, int rows, int cols) {
    int wordsInRow = Math.toIntExact(words(cols));
    int size = wordBits / 8;
    byte[] packed = new byte[Math.multiplyExact(Math.multiplyExact(rows, wordsInRow), size)];
    for (int r = 0, at = 0; r < rows; r++) {
      for (int w = 0; w < wordsInRow; w++, at += size) {
        int from = r * cols + w * perWord;
        int to = Math.min(from + perWord, (r + 1) * cols);
        int word = 0;
        for (int i = to - 1; i >= from; i--) {
          word = word * levels + (codes[i] & 0xff);
        }
        packed[at] = (byte) word;
        if (size == 2) {
          packed[at + 1] = (byte) (word >> 8);
        }
      }
    }
    return packed;
  }

  /** Cuts the padding off rows of whole words and reshapes them. */
  String trimmed(NodeList nodes, String base, String rows, long cols, long[] dims) {
    boolean padded = words(cols) * perWord != cols;
    String codes = padded ? nodes.head(base + "/unpadded", rows, 1, cols) : rows;
    return nodes.reshape(base + "/shaped", codes, dims);
  }

  private static int digits(int levels, int bits) {
    int n = 0;
    for (long v = levels; v <= 1L << bits; v *= levels) {
      n++;
    }
    return n;
  }
}
