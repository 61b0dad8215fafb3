package io.compressor.graph.channel;

/**
 * One axis of one value.
 *
 * @param axis counted from the end: -1 is the last
 */
public record Axis(String value, int axis) {
  @Override
  public String toString() {
    return value + "[" + axis + "]";
  }
}
