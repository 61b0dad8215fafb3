package io.compressor.encoding;

import io.compressor.ir.Node;
import java.util.List;

/**
 * The last axis of an activation in blocks that share an exponent.
 *
 * @param width of a block; 0 = the whole axis, whatever its size
 * @param blocks how many there are
 */
record LastAxis(int width, int blocks) {
  static final LastAxis WHOLE = new LastAxis(0, 1);

  /** Blocks where they divide the axis, else all of it. */
  static LastAxis of(long size, int width) {
    return width > 0 && size > width && size % width == 0
        ? new LastAxis(width, (int) (size / width))
        : WHOLE;
  }

  /** [..., size] to [..., blocks, width]. */
  String cut(NodeList nodes, String base, String x) {
    return blocks == 1
        ? x
        : nodes.add(
            base + "/cut",
            "Reshape",
            List.of(x, nodes.lastAxisAs(base + "/cut", x, blocks, width)));
  }

  /**
   * The node that makes {@code output} of blocks.
   *
   * @param like a value with the shape of the output
   */
  Node join(NodeList nodes, String base, String cut, String like, String output) {
    return blocks == 1
        ? Node.of("Identity", List.of(cut), List.of(output))
        : Node.of(
            "Reshape",
            List.of(cut, nodes.add(base + "/like", "Shape", List.of(like))),
            List.of(output));
  }
}
