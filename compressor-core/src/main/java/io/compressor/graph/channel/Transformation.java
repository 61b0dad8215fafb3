package io.compressor.graph.channel;

/**
 * What can be done to a group's channels, undone nowhere but in the weights at its ends, without
 * changing what the model computes. Not a chain: a rotation and a scaling have only permutations in
 * common.
 */
public enum Transformation {
  /** Nothing: some barrier fixes every channel's place. */
  NONE(0),
  /** Reordering, the same everywhere: any elementwise operator commutes. */
  PERMUTATION(1),
  /** A positive factor a channel, and reordering: Relu and its like commute. */
  POSITIVE_SCALING(3),
  /** Any orthogonal matrix: RMS norms and scalar products of two values commute. */
  ORTHOGONAL(5),
  /** Any invertible matrix: only linear operators in between. */
  INVERTIBLE(7);

  private final int kinds;

  Transformation(int kinds) {
    this.kinds = kinds;
  }

  /** Whether {@code wanted} is among what this allows. */
  public boolean allows(Transformation wanted) {
    return (kinds & wanted.kinds) == wanted.kinds;
  }

  /** The strongest that both allow. */
  public Transformation meet(Transformation other) {
    Transformation strongest = NONE;
    for (Transformation t : values()) {
      if (allows(t) && other.allows(t)) {
        strongest = t;
      }
    }
    return strongest;
  }
}
