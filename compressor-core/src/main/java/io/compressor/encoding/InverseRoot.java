package io.compressor.encoding;

import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.util.List;

/**
 * 1 / √v of whole numbers, by whole numbers: with 4^k ≤ v &lt; 4^(k+1), the 16 leading bits m of v
 * pick one of 192 entries, and r ← r (3 − m r²) / 2 squares what error is left (4e-3 to 2.4e-5).
 */
final class InverseRoot {
  /** m is in [4^7, 4^8). */
  private static final int MANTISSA = 7;

  /** r is 2^22 / √m, 14 to 15 bits. */
  private static final int SCALE = 22;

  private static final int POWERS = 31;
  private static final int FIRST = 64;
  private static final int LAST = 256;

  private final NodeList nodes;
  private final String base;
  private final String root;
  private final String divisor;

  private InverseRoot(NodeList nodes, String base, String root, String divisor) {
    this.nodes = nodes;
    this.base = base;
    this.root = root;
    this.divisor = divisor;
  }

  /**
   * @param value INT64 [..., 1], at least 1
   * @param digits fractional bits of what {@link #times} gives, at most 14
   */
  static InverseRoot of(NodeList nodes, String base, String value, int digits) {
    Emission e = nodes.emission();
    long[] thresholds = new long[POWERS];
    long[] up = new long[POWERS + 1];
    long[] down = new long[POWERS + 1];
    long[] last = new long[POWERS + 1];
    for (int k = 0; k <= POWERS; k++) {
      if (k > 0) {
        thresholds[k - 1] = 1L << (2 * k);
      }
      up[k] = 1L << (2 * Math.max(0, MANTISSA - k));
      down[k] = 1L << (2 * Math.max(0, k - MANTISSA));
      last[k] = 1L << (SCALE - MANTISSA + k - digits);
    }
    String less = nodes.add(base + "/below", "Less", List.of(value, longs(e, "fours", thresholds)));
    String below = nodes.cast(base + "/below_int", less, ElementType.INT64);
    String count = nodes.reduce(base + "/below_count", "ReduceSum", below, -1);
    String k = nodes.add(base + "/k", "Sub", List.of(number(e, POWERS), count));
    String raised =
        nodes.add(
            base + "/raised",
            "Mul",
            List.of(value, nodes.gather(base + "/up", longs(e, "up", up), k)));
    String m =
        nodes.add(
            base + "/mantissa",
            "Div",
            List.of(raised, nodes.gather(base + "/down", longs(e, "down", down), k)));
    String divisor = nodes.gather(base + "/last", longs(e, "last", last), k);
    return new InverseRoot(nodes, base, newton(nodes, base, m, first(nodes, base, m)), divisor);
  }

  /** INT64 value · 2^digits / √v, rounded. */
  String times(String value) {
    String product = nodes.add(base + "/product", "Mul", List.of(value, root));
    String half =
        nodes.add(base + "/half_last", "Div", List.of(divisor, number(nodes.emission(), 2)));
    String minus = nodes.add(base + "/minus_half", "Neg", List.of(half));
    String negative =
        nodes.add(base + "/negative", "Less", List.of(product, number(nodes.emission(), 0)));
    String away = nodes.add(base + "/away", "Where", List.of(negative, minus, half));
    String rounded = nodes.add(base + "/to_round", "Add", List.of(product, away));
    return nodes.add(base + "/normalized", "Div", List.of(rounded, divisor));
  }

  private static String first(NodeList nodes, String base, String m) {
    Emission e = nodes.emission();
    long[] table = new long[LAST - FIRST];
    for (int i = 0; i < table.length; i++) {
      table[i] = Math.round(Math.scalb(1 / Math.sqrt((i + FIRST + 0.5) * LAST), SCALE));
    }
    String lead = nodes.add(base + "/lead", "Div", List.of(m, number(e, LAST)));
    String entry = nodes.add(base + "/entry", "Sub", List.of(lead, number(e, FIRST)));
    return nodes.gather(base + "/guess", longs(e, "roots", table), entry);
  }

  private static String newton(NodeList nodes, String base, String m, String r) {
    Emission e = nodes.emission();
    String square = nodes.add(base + "/r2", "Mul", List.of(r, r));
    String product = nodes.add(base + "/mr2", "Mul", List.of(m, square));
    String left = nodes.add(base + "/left", "Sub", List.of(number(e, 3L << (2 * SCALE)), product));
    String doubled = nodes.add(base + "/doubled", "Mul", List.of(r, left));
    return nodes.add(base + "/root", "Div", List.of(doubled, number(e, 1L << (2 * SCALE + 1))));
  }

  private static String longs(Emission e, String name, long[] values) {
    return e.constant(Tensor.ofLongs(name, new long[] {values.length}, values));
  }

  private static String number(Emission e, long value) {
    return e.constant(Tensor.ofLongs("number", new long[0], value));
  }
}
