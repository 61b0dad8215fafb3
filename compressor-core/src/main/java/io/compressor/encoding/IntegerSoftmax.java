package io.compressor.encoding;

import io.compressor.ir.ElementType;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.List;

/**
 * Softmax over the last axis in whole numbers: x · log2 e in 10 fractional bits, less the row's
 * largest; 2 to the minus fraction from a table, halved by the whole part; 32-bit sums; one
 * division with rounding. The answer is an 8-bit number of 256ths.
 *
 * <p>Source: Dong and Chen, BCT (arXiv 2304.01483), as reconstructed.
 */
final class IntegerSoftmax {
  /** Fractional bits of the exponents; entries of the table. */
  static final int FRACTION = 10;

  private static final int ENTRIES = 1 << FRACTION;

  /** Exponentials are in units of 2^−14, so that rows of 2^17 entries can be summed. */
  private static final int UNIT = 14;

  /** Where a mask of any size ends up; the difference of two still fits into 31 bits. */
  private static final float LARGEST = 350_000;

  /** Steps in one half of an answer: the answer is in 256ths. */
  private static final int ONE = 256;

  private IntegerSoftmax() {}

  /** The answer as codes too, for a product that reads it. */
  static IntegerProduct.Codes replace(Emission emission, Node softmax) {
    NodeList nodes = new NodeList(emission);
    String base = softmax.outputs().get(0);
    String powers = powers(nodes, base, distances(nodes, base, softmax.inputs().get(0)));
    String sum = nodes.reduce(base + "/sum", "ReduceSum", powers, -1);
    String scaled =
        nodes.add(base + "/scaled", "Mul", List.of(powers, emission.scalar("one_256", ONE)));
    String half = nodes.add(base + "/half", "Div", List.of(sum, emission.scalar("two_int", 2)));
    String rounded = nodes.add(base + "/rounded", "Add", List.of(scaled, half));
    String parts = nodes.add(base + "/parts", "Div", List.of(rounded, sum));
    String codes =
        nodes.cast(base + "/uint8", within(nodes, base, parts, ONE - 1), ElementType.UINT8);
    String floats = nodes.cast(base + "/float", codes, ElementType.FLOAT);
    String down = PowerOfTwo.number(emission, "part", 1f / ONE);
    nodes.add(Node.of("Mul", List.of(floats, down), List.of(base)));
    emission.editor().replace(base, nodes.nodes());
    return new IntegerProduct.Codes(codes, zero(emission), down);
  }

  /** INT32: how far each entry is below the row's largest, in steps of 2^−10 of a halving. */
  private static String distances(NodeList nodes, String base, String x) {
    Emission e = nodes.emission();
    String above =
        nodes.add(base + "/above", "Max", List.of(x, PowerOfTwo.number(e, "least", -LARGEST)));
    String bounded =
        nodes.add(base + "/bounded", "Min", List.of(above, PowerOfTwo.number(e, "most", LARGEST)));
    float step = (float) (ENTRIES / Math.log(2));
    String scaled =
        nodes.add(base + "/halvings", "Mul", List.of(bounded, PowerOfTwo.number(e, "step", step)));
    String whole = nodes.add(base + "/whole", "Round", List.of(scaled));
    String fixed = nodes.cast(base + "/int32", whole, ElementType.INT32);
    String largest = nodes.reduce(base + "/largest", "ReduceMax", fixed, -1);
    String distance = nodes.add(base + "/distance", "Sub", List.of(largest, fixed));
    return within(nodes, base + "/distance", distance, (UNIT + 2) * ENTRIES - 1);
  }

  /**
   * INT32 2^14 · 2^(−distance): a look-up of the fraction, a division by the whole part's power.
   */
  private static String powers(NodeList nodes, String base, String distance) {
    Emission e = nodes.emission();
    String whole =
        nodes.add(base + "/shift", "Div", List.of(distance, e.scalar("entries", ENTRIES)));
    String start = nodes.add(base + "/start", "Mul", List.of(whole, e.scalar("entries", ENTRIES)));
    String fraction = nodes.add(base + "/fraction", "Sub", List.of(distance, start));
    String power = nodes.gather(base + "/power", e.constant("halving", table()), fraction);
    String divisor = nodes.gather(base + "/divisor", e.constant("powers", shifts()), whole);
    return nodes.add(base + "/exp", "Div", List.of(power, divisor));
  }

  private static String within(NodeList nodes, String base, String value, int most) {
    Emission e = nodes.emission();
    String limit = e.scalar("limit_int", most);
    String less = nodes.add(base + "/less", "Less", List.of(value, limit));
    return nodes.add(base + "/within", "Where", List.of(less, value, limit));
  }

  private static int[] table() {
    int[] table = new int[ENTRIES];
    for (int i = 0; i < ENTRIES; i++) {
      table[i] = (int) Math.rint(Math.scalb(Math.pow(2, -(double) i / ENTRIES), UNIT));
    }
    return table;
  }

  private static int[] shifts() {
    int[] powers = new int[UNIT + 2];
    for (int i = 0; i < powers.length; i++) {
      powers[i] = 1 << i;
    }
    return powers;
  }

  private static String zero(Emission emission) {
    return emission.constant(
        Tensor.ofBytes("nothing", ElementType.UINT8, new long[0], new byte[] {0}));
  }
}
