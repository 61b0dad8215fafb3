package io.compressor.graph.rotate;

/**
 * What to rotate.
 *
 * @param seed of all random signs and matrices; each group's own follows from it and its name
 * @param stream the residual stream, norm gains folded into the weights that read them
 * @param heads the values inside an attention, head by head
 * @param online also the input of weights behind a nonlinearity (the down projection), by a small
 *     product that the graph computes while it runs
 */
public record RotationOptions(long seed, boolean stream, boolean heads, boolean online) {
  /** Stream and heads, which cost nothing at run time. */
  public static RotationOptions defaults() {
    return new RotationOptions(0, true, true, false);
  }

  public RotationOptions withSeed(long newSeed) {
    return new RotationOptions(newSeed, stream, heads, online);
  }

  public RotationOptions withOnline(boolean on) {
    return new RotationOptions(seed, stream, heads, on);
  }

  long seedFor(String group) {
    return seed * 0x9E3779B97F4A7C15L + group.hashCode();
  }
}
