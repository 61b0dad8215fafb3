package io.compressor.formats.onnx;

/**
 * A fault of a model's graph.
 *
 * @param where the node or graph it lies in
 * @param message what is wrong, naming the values concerned
 */
public record Finding(Kind kind, String where, String message) {
  /** What kind of fault. */
  public enum Kind {
    /** A node reads a value that nothing produces. */
    DANGLING_INPUT,
    /** A value is produced or declared twice. */
    DUPLICATE_VALUE,
    /** A declared output is produced by nothing. */
    MISSING_OUTPUT,
    /** Nodes depend on each other in a circle. */
    CYCLE,
    /** A node comes before one that it reads; sorting mends it. */
    UNSORTED,
    /** The standard operator set is used but not imported. */
    MISSING_OPSET
  }

  @Override
  public String toString() {
    return where + ": " + message;
  }
}
