package io.compressor.encoding;

import io.compressor.ir.ElementType;
import io.compressor.ir.Node;
import java.util.List;
import java.util.Optional;

/**
 * The product of two activations as integers: a power of two for each row of the left and each
 * column of the right operand, so that one product with 32-bit sums is all it takes.
 */
final class IntegerProduct {
  private IntegerProduct() {}

  /**
   * Codes that an operand has already.
   *
   * @param zero what stands for 0
   * @param down value of a step
   */
  record Codes(String codes, String zero, String down) {}

  /**
   * @param product a MatMul of operands with at least two axes
   */
  static void replace(Emission emission, Node product, Optional<Codes> left) {
    NodeList nodes = new NodeList(emission);
    String base = product.outputs().get(0);
    Codes a = left.orElseGet(() -> codes(nodes, base + "/left", product.inputs().get(0), -1));
    Codes b = codes(nodes, base + "/right", product.inputs().get(1), -2);
    String sums =
        nodes.add(
            base + "/sums", "MatMulInteger", List.of(a.codes(), b.codes(), a.zero(), b.zero()));
    String floats = nodes.cast(base + "/float", sums, ElementType.FLOAT);
    String byRow = nodes.add(base + "/by_row", "Mul", List.of(floats, a.down()));
    nodes.add(Node.of("Mul", List.of(byRow, b.down()), List.of(base)));
    emission.editor().replace(base, nodes.nodes());
  }

  private static Codes codes(NodeList nodes, String base, String x, long inner) {
    PowerOfTwo shift = PowerOfTwo.of(nodes, base, x, inner);
    return new Codes(shift.codes(nodes, base, x), PowerOfTwo.zero(nodes.emission()), shift.down());
  }
}
