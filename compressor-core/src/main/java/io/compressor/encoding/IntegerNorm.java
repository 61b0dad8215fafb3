package io.compressor.encoding;

import io.compressor.graph.channel.Norm;
import io.compressor.ir.ElementType;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * LayerNorm and RMSNorm in whole numbers. A row becomes 15-bit codes q of one power of two; sums
 * and squares are 64 bits wide, so n Σq² − (Σq)² is exact; its inverse root comes from a table of
 * 192 entries and one Newton step; gain and shift are 15-bit codes of one power of two.
 *
 * <p>Source: Dong and Chen, BCT (arXiv 2304.01483), as reconstructed.
 */
final class IntegerNorm {
  /** 15 bits with a sign; n² · 2^28 stays within 63 bits. */
  private static final float LARGEST = 16_383.49f;

  /** Largest shift of a row: ε in its units has to fit. */
  private static final int HIGHEST = 20;

  private static final long WIDEST = 1 << 16;

  /** Fractional bits of the normalised value. */
  private static final int DIGITS = 12;

  private IntegerNorm() {}

  /** Whether its sums stay within 63 bits, and its gain tells how wide it is. */
  static boolean fits(Norm norm, Optional<Tensor> gain) {
    return norm.inputs().size() == 1
        && gain.filter(g -> g.elements() < WIDEST)
            .filter(g -> norm.epsilon() * g.elements() * g.elements() < WIDEST)
            .isPresent();
  }

  /**
   * @param gain of n entries
   * @param shift of n entries
   */
  static void replace(Emission emission, Norm norm, Tensor gain, Optional<Tensor> shift) {
    NodeList nodes = new NodeList(emission);
    String base = norm.output();
    String x = norm.inputs().get(0);
    long n = gain.elements();
    boolean centred = norm.kind() == Norm.Kind.LAYER;
    PowerOfTwo power = PowerOfTwo.of(nodes, base, x, -1, LARGEST, HIGHEST);
    String scaled = nodes.add(base + "/scaled", "Mul", List.of(x, power.up()));
    String q = int64(nodes, base + "/codes", scaled);
    String wide = times(nodes, base + "/n_codes", q, n);
    String square = nodes.add(base + "/square", "Mul", List.of(q, q));
    String squares =
        times(
            nodes,
            base + "/n_squares",
            nodes.reduce(base + "/squares", "ReduceSum", square, -1),
            n);
    String core = wide;
    String spread = squares;
    if (centred) {
      String sum = nodes.reduce(base + "/sum", "ReduceSum", q, -1);
      core = nodes.add(base + "/core", "Sub", List.of(wide, sum));
      String less = nodes.add(base + "/sum_square", "Mul", List.of(sum, sum));
      spread = nodes.add(base + "/spread", "Sub", List.of(squares, less));
    }
    String root =
        InverseRoot.of(
                nodes,
                base,
                nodes.add(
                    base + "/with_epsilon",
                    "Add",
                    List.of(spread, epsilon(nodes, base, power, norm, n))),
                DIGITS)
            .times(core);
    affine(nodes, base, root, gain, shift);
    emission.editor().replace(base, nodes.nodes());
  }

  /** INT64 ε n² 4^s, at least 1. */
  private static String epsilon(NodeList nodes, String base, PowerOfTwo power, Norm norm, long n) {
    Emission e = nodes.emission();
    String square = nodes.add(base + "/up_square", "Mul", List.of(power.up(), power.up()));
    float constant = (float) ((double) norm.epsilon() * n * n);
    String value =
        nodes.add(
            base + "/epsilon",
            "Mul",
            List.of(square, PowerOfTwo.number(e, "epsilon_n2", constant)));
    String some = nodes.add(base + "/some", "Max", List.of(value, PowerOfTwo.number(e, "unit", 1)));
    return int64(nodes, base + "/epsilon_int", some);
  }

  /** FLOAT (y · gain + shift), with codes of both. */
  private static void affine(
      NodeList nodes, String base, String y, Tensor gain, Optional<Tensor> shift) {
    Emission e = nodes.emission();
    float[] g = gain.toFloats();
    int power = shift(g);
    String product = nodes.add(base + "/gained", "Mul", List.of(y, codes(e, "gain", g, power)));
    String sum =
        shift.isEmpty()
            ? product
            : nodes.add(
                base + "/shifted",
                "Add",
                List.of(product, codes(e, "shift", shift.get().toFloats(), power + DIGITS)));
    String floats = nodes.cast(base + "/float", sum, ElementType.FLOAT);
    float down = Math.scalb(1f, -(power + DIGITS));
    nodes.add(Node.of("Mul", List.of(floats, PowerOfTwo.number(e, "units", down)), List.of(base)));
  }

  private static String codes(Emission e, String name, float[] values, int shift) {
    long[] codes = new long[values.length];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (long) Math.rint(Math.scalb((double) values[i], shift));
    }
    return e.constant(Tensor.ofLongs(name, new long[] {codes.length}, codes));
  }

  private static int shift(float[] values) {
    float largest = Float.MIN_NORMAL;
    for (float v : values) {
      largest = Math.max(largest, Math.abs(v));
    }
    return Math.min(HIGHEST, (int) Math.floor(Math.log(LARGEST / largest) / Math.log(2)));
  }

  private static String times(NodeList nodes, String name, String value, long factor) {
    return nodes.add(
        name,
        "Mul",
        List.of(value, nodes.emission().constant(Tensor.ofLongs("count", new long[0], factor))));
  }

  private static String int64(NodeList nodes, String name, String value) {
    return nodes.cast(name + "/int64", nodes.add(name, "Round", List.of(value)), ElementType.INT64);
  }
}
