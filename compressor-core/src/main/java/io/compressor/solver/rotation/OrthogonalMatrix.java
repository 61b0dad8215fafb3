package io.compressor.solver.rotation;

/** A square matrix Q with Q Qᵀ = I, in double precision; immutable and thread-safe. */
public interface OrthogonalMatrix {
  /** Rows and columns. */
  int size();

  /** How it is made, for logs: "64" or "9 x 64". */
  String shape();

  /** Replaces the row vector values[from … from + size) by its product with Q from the right. */
  void apply(double[] values, int from);
}
