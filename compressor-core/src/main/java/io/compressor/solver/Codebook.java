package io.compressor.solver;

import java.util.Arrays;
import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * The int8 codewords that codes stand for, before any scale.
 *
 * @param levels strictly ascending, 2 to 256 of them, at least one not 0
 */
public record Codebook(byte[] levels) {
  private static final int MOST = 127;

  public Codebook {
    levels = levels.clone();
    if (levels.length < 2 || levels.length > 256) {
      throw new IllegalArgumentException("expected 2 to 256 levels but got " + levels.length);
    }
    for (int i = 1; i < levels.length; i++) {
      if (levels[i] <= levels[i - 1]) {
        throw new IllegalArgumentException(
            "levels must ascend but %d follows %d".formatted(levels[i], levels[i - 1]));
      }
    }
  }

  /** −2^(b−1) … 2^(b−1)−1; at 8 bits −127 … 127, because int8 results are kept symmetric. */
  public static Codebook uniform(int bits) {
    int half = 1 << (bits - 1);
    int low = Math.max(-MOST, -half);
    byte[] levels = new byte[half - low];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) (low + i);
    }
    return new Codebook(levels);
  }

  /**
   * Normal-float levels: quantiles of N(0,1), one more above zero than below, zero exact, scaled to
   * ±127. At 4 bits these are NF4 (Dettmers et al., arXiv 2305.14314, appendix E and bitsandbytes
   * {@code create_normal_map}) rounded to int8; 2 and 3 bits use the same construction.
   *
   * @param bits 2 to 4
   */
  public static Codebook normalFloat(int bits) {
    if (bits < 2 || bits > 4) {
      throw new IllegalArgumentException("normal-float has 2 to 4 bits but got " + bits);
    }
    int half = 1 << (bits - 1);
    double count = 1 << bits;
    double top = 1 - 0.5 * (1 / (2 * count) + 1 / (2 * (count - 1)));
    NormalDistribution normal = new NormalDistribution();
    double[] levels = new double[2 * half];
    for (int i = 0; i < half - 1; i++) {
      double p = top + (0.5 - top) * i / (half - 1);
      levels[i] = -normal.inverseCumulativeProbability(p);
    }
    for (int i = 0; i < half; i++) {
      double p = top + (0.5 - top) * i / half;
      levels[levels.length - 1 - i] = normal.inverseCumulativeProbability(p);
    }
    return of(levels, MOST);
  }

  /**
   * The levels with the least squared error for N(0, 1), symmetric, scaled to ±limit and rounded.
   * Source: Lloyd 1982, Max 1960.
   *
   * @param levels 2 to 64; rounding may join some where the limit is low
   * @param limit at most 127
   */
  public static Codebook gaussian(int levels, int limit) {
    if (levels < 2 || levels > 64 || limit > MOST) {
      throw new IllegalArgumentException(
          "expected 2 to 64 levels within 127 but got %d within %d".formatted(levels, limit));
    }
    return of(LloydMax.gaussian(levels), limit);
  }

  /**
   * Ascending numbers, scaled so that the largest is ±limit and rounded; duplicates are dropped.
   */
  public static Codebook of(double[] centers, int limit) {
    double most = Arrays.stream(centers).map(Math::abs).max().orElse(0);
    int[] rounded =
        Arrays.stream(centers)
            .mapToInt(c -> (int) Math.rint(c / most * limit))
            .sorted()
            .distinct()
            .toArray();
    byte[] levels = new byte[rounded.length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) rounded[i];
    }
    return new Codebook(levels);
  }

  /** The same with 0 for the codeword that is nearest to it. */
  public Codebook withZero() {
    int nearest = 0;
    for (int i = 1; i < levels.length; i++) {
      nearest = Math.abs(levels[i]) < Math.abs(levels[nearest]) ? i : nearest;
    }
    byte[] exact = levels.clone();
    exact[nearest] = 0;
    return new Codebook(exact);
  }

  /** Ascending codewords; a code is an index into them. */
  @Override
  public byte[] levels() {
    return levels.clone();
  }

  public int size() {
    return levels.length;
  }

  /** Width of a code. */
  public int bits() {
    return Math.max(1, 32 - Integer.numberOfLeadingZeros(levels.length - 1));
  }

  /** Largest |codeword|. */
  public int most() {
    return Math.max(Math.abs(levels[0]), Math.abs(levels[levels.length - 1]));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Codebook c && Arrays.equals(levels, c.levels);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(levels);
  }

  @Override
  public String toString() {
    return "Codebook" + Arrays.toString(levels);
  }
}
