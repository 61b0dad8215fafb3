package io.compressor.encoding;

import java.util.OptionalDouble;

/**
 * Recorded times of one product x · Wᵀ. Given the table, planning is a pure function.
 *
 * @see KernelProbe which measures it
 */
@FunctionalInterface
public interface ProbeTable {
  /** The form of the original float32 weight. */
  String FLOAT = "float32";

  /**
   * Milliseconds of one run, or empty when it was not measured.
   *
   * @param form as {@link Encoding#form}
   * @param out rows of the weight
   * @param in columns of the weight
   * @param rows activation rows in one run (M)
   */
  OptionalDouble millis(String form, int out, int in, int rows);

  /** Nothing was measured: plans go by size and by what is known of the kernels. */
  static ProbeTable empty() {
    return (form, out, in, rows) -> OptionalDouble.empty();
  }
}
