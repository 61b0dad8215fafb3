package io.compressor.solver;

import java.util.Arrays;

/**
 * Codewords of several int8 numbers each: a code picks {@code length} weights at once.
 *
 * @param length weights in a codeword, at least 1
 * @param words [size × length] row-major, 2 to 256 codewords, no entry −128
 */
public record VectorCodebook(int length, byte[] words) {
  private static final int MOST = 127;

  public VectorCodebook {
    words = words.clone();
    if (length < 1 || words.length % length != 0) {
      throw new IllegalArgumentException(
          "%d numbers do not make codewords of length %d".formatted(words.length, length));
    }
    int size = words.length / length;
    if (size < 2 || size > 256) {
      throw new IllegalArgumentException("expected 2 to 256 codewords but got " + size);
    }
    for (byte b : words) {
      if (b < -MOST) {
        throw new IllegalArgumentException("codewords must stay within 127 but one has " + b);
      }
    }
  }

  /**
   * Real codewords, scaled so that the largest entry is ±limit, and rounded.
   *
   * @param centers [size × length]
   */
  public static VectorCodebook of(float[] centers, int length, int limit) {
    double unit = unit(centers, limit);
    byte[] words = new byte[centers.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = (byte) Math.max(-limit, Math.min(limit, Math.rint(centers[i] / unit)));
    }
    return new VectorCodebook(length, words);
  }

  /** What one step of int8 is in the numbers of {@code centers}; 1 if all are zero. */
  public static double unit(float[] centers, int limit) {
    double most = 0;
    for (float c : centers) {
      most = Math.max(most, Math.abs(c));
    }
    return most == 0 ? 1 : most / limit;
  }

  /** Codewords one after the other, a copy. */
  @Override
  public byte[] words() {
    return words.clone();
  }

  public int size() {
    return words.length / length;
  }

  /** Width of a code. */
  public int bits() {
    return Math.max(1, 32 - Integer.numberOfLeadingZeros(size() - 1));
  }

  /** The entry of a codeword. */
  public int at(int code, int entry) {
    return words[code * length + entry];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VectorCodebook c && length == c.length && Arrays.equals(words, c.words);
  }

  @Override
  public int hashCode() {
    return 31 * length + Arrays.hashCode(words);
  }

  @Override
  public String toString() {
    return "VectorCodebook[" + size() + " x " + length + "]";
  }
}
