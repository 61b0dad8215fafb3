package io.compressor.solver;

/**
 * The int8 levels that a codebook folds into for each multiplier, and the nearest of them to any
 * number. Levels are integers, so decision points are multiples of one half and a table with one
 * entry for each half finds the nearest level without a search.
 */
final class FoldedLevels {
  private static final int MOST = 127;
  private static final int HALVES = 512;

  private final int size;
  private final int largest;
  private final byte[] levels;
  private final byte[] nearest;

  FoldedLevels(Codebook table, int shift) {
    size = table.size();
    largest = largestMultiplier(table, shift, MOST);
    levels = new byte[256 * size];
    nearest = new byte[256 * HALVES];
    byte[] codewords = table.levels();
    for (int m = 0; m < 256; m++) {
      for (int code = 0; code < size; code++) {
        double product = Math.rint((double) codewords[code] * m / (1 << shift));
        levels[m * size + code] = (byte) Math.max(-MOST, Math.min(MOST, product));
      }
      int code = 0;
      for (int half = 0; half < HALVES; half++) {
        double v = (half - HALVES / 2 + 0.5) / 2;
        while (code + 1 < size && v > (level(m, code) + level(m, code + 1)) / 2.0) {
          code++;
        }
        nearest[m * HALVES + half] = (byte) code;
      }
    }
  }

  /** The largest multiplier with which no product, rounded, leaves ±limit; at most 255. */
  static int largestMultiplier(Codebook table, int shift, int limit) {
    int m = 255;
    while (m > 0 && Math.rint((double) table.most() * m / (1 << shift)) > limit) {
      m--;
    }
    return m;
  }

  /** Whether every level of this multiplier is an int8 other than −128. */
  boolean fits(int multiplier) {
    return multiplier <= largest;
  }

  /** int8 level of a code. */
  int level(int multiplier, int code) {
    return levels[multiplier * size + Math.min(code, size - 1)];
  }

  /** int8 levels of all multipliers, size of each, ascending. */
  byte[] all() {
    return levels;
  }

  int size() {
    return size;
  }

  /** Where those of a multiplier start. */
  int start(int multiplier) {
    return multiplier * size;
  }

  /** The code whose level is nearest to v; of two equally near ones the even code. */
  int code(int multiplier, double v) {
    double halves = 2 * v;
    int cell = (int) Math.max(-HALVES / 2, Math.min(HALVES / 2 - 1, Math.floor(halves)));
    int code = nearest[multiplier * HALVES + cell + HALVES / 2] & 0xff;
    if (halves == cell && code > 0 && (code & 1) == 1) {
      double below = v - level(multiplier, code - 1);
      return below == level(multiplier, code) - v ? code - 1 : code;
    }
    return code;
  }
}
