package io.compressor.solver;

/**
 * How a weight is quantized.
 *
 * @param bits 2 to 8
 * @param group inputs that share a scale; 0 = the whole row (per channel)
 * @param symmetric zero point fixed at 2^(bits-1)
 * @param clipSearch shrink each range to the one with least error (papers: grid 100, maxshrink 0.8,
 *     norm 2.4)
 */
public record QuantSpec(int bits, int group, boolean symmetric, boolean clipSearch) {
  public QuantSpec {
    if (bits < 2 || bits > 8) {
      throw new IllegalArgumentException("bits must be 2 to 8 but was " + bits);
    }
    if (group < 0) {
      throw new IllegalArgumentException("group must be >= 0 but was " + group);
    }
  }

  /** Number of codes. */
  public int levels() {
    return 1 << bits;
  }

  /** Scales per row for {@code cols} inputs; the last group may be short. */
  public int groups(int cols) {
    return group == 0 ? 1 : (cols + group - 1) / group;
  }

  /** Effective group width for {@code cols} inputs. */
  public int groupSize(int cols) {
    return group == 0 ? cols : Math.min(group, cols);
  }
}
