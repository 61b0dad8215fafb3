package io.compressor.encoding;

import io.compressor.ir.Attribute;
import java.util.List;

/**
 * A float value as 8-bit codes with a power of two for each row and each block of the inner
 * dimension, found at run time: x[r, t, b] = (codes − 128) · down. Rows of one block are finer than
 * the paper's squares and need no knowledge of how many rows there are.
 *
 * @param codes UINT8 [blocks, rows, width]
 * @param down FLOAT [blocks, rows, 1]
 */
record BlockInput(String codes, String down) {

  /**
   * @param in size of the last axis
   * @param width of a block; the last one may hang over and is filled with zeros
   */
  static BlockInput of(Emission emission, String x, int in, int width) {
    return emission.blockInput(
        x,
        width,
        () -> {
          NodeList nodes = new NodeList(emission);
          int blocks = (in + width - 1) / width;
          String rows = nodes.reshape(x + "/rows", x, -1, in);
          String whole =
              blocks * width == in
                  ? rows
                  : nodes.add(
                      x + "/padded",
                      "Pad",
                      List.of(rows, emission.shape(0, 0, 0, (long) blocks * width - in)));
          String cut = nodes.reshape(x + "/blocks", whole, -1, blocks, width);
          PowerOfTwo shift = PowerOfTwo.of(nodes, x, cut, -1);
          String codes = shift.codes(nodes, x, cut);
          BlockInput made =
              new BlockInput(
                  blocksFirst(nodes, x + "/uint8", codes),
                  blocksFirst(nodes, x + "/units", shift.down()));
          emission.insertAfter(x, nodes.nodes());
          return made;
        });
  }

  private static String blocksFirst(NodeList nodes, String name, String value) {
    return nodes.add(name, "Transpose", List.of(value), Attribute.of("perm", new long[] {1, 0, 2}));
  }
}
