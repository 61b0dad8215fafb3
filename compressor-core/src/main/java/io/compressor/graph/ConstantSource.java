package io.compressor.graph;

import io.compressor.ir.Tensor;

/**
 * A constant and where its data come from.
 *
 * @param root the initializer or {@code Constant} output at the end of the chain
 * @param tensor the value as read, named after the value that was asked for
 * @param view how the matrix relates to the root's
 */
public record ConstantSource(String root, Tensor tensor, View view) {

  /** What the chain of nodes did to the root's axes. */
  public enum View {
    /** Same axes in the same order. */
    SAME,
    /** A matrix, transposed once. */
    TRANSPOSED,
    /** Anything else. */
    RESHAPED;

    View transposed() {
      return this == SAME ? TRANSPOSED : this == TRANSPOSED ? SAME : RESHAPED;
    }
  }
}
