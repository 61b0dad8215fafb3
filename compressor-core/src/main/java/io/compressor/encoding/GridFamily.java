package io.compressor.encoding;

/** The grids that encodings can write. */
public enum GridFamily {
  /** {@link io.compressor.solver.UniformGrid}. */
  UNIFORM,
  /** {@link io.compressor.solver.FoldedGrid}: table times group multiplier, rounded to int8. */
  FOLDED,
  /** {@link io.compressor.solver.VectorGrid}: a code picks several weights. */
  VECTOR
}
