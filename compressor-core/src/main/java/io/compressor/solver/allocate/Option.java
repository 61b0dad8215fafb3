package io.compressor.solver.allocate;

/**
 * One way to treat one site, whatever the method: a number of bits, a sparsity, a rank.
 *
 * @param error modelled, in a unit that adds up over sites; may be negative (an interaction that
 *     helps); infinite for an option that must not be taken
 * @param bytes stored
 * @param millis measured for one run of the site; 0 where time does not matter
 */
public record Option(double error, long bytes, double millis) {
  public Option {
    if (Double.isNaN(error) || error == Double.NEGATIVE_INFINITY) {
      throw new IllegalArgumentException("an error must be a number or +infinity, not " + error);
    }
    if (bytes < 0 || !(millis >= 0) || Double.isInfinite(millis)) {
      throw new IllegalArgumentException(
          "costs must be finite and >= 0, not %d bytes, %s ms".formatted(bytes, millis));
    }
  }

  /** An option whose time does not matter. */
  public static Option of(double error, long bytes) {
    return new Option(error, bytes, 0);
  }
}
