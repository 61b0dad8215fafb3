package io.compressor.encoding;

import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.util.List;

/**
 * A power of two for each slice of a value, found at run time so that the largest magnitude of the
 * slice just fits: s = ⌊log2(limit / max|x|)⌋.
 *
 * <p>The limit is 127.49, not 127: what rounds to 127 fits, and the margin is a hundred times what
 * the logarithm may be off by, so that no value is ever clipped.
 *
 * @param exponent s, whole numbers as FLOAT, one in the place of the axis that was searched
 * @param up 2^s
 * @param down 2^−s
 */
record PowerOfTwo(String exponent, String up, String down) {
  /** Zero of all uint8 codes that stand for signed numbers. */
  static final int ZERO = 128;

  static final float LARGEST_CODE = 127.49f;

  /** Below this a slice is all zeros; 2^106 and its reciprocal are ordinary floats. */
  private static final float SMALLEST = 1e-30f;

  /** For codes of 8 bits. */
  static PowerOfTwo of(NodeList nodes, String base, String x, long axis) {
    return of(nodes, base, x, axis, LARGEST_CODE, 127);
  }

  /**
   * @param limit largest magnitude of x · 2^s
   * @param most largest s
   */
  static PowerOfTwo of(NodeList nodes, String base, String x, long axis, float limit, float most) {
    Emission e = nodes.emission();
    String magnitude = nodes.add(base + "/abs", "Abs", List.of(x));
    String found = nodes.reduce(base + "/largest", "ReduceMax", magnitude, axis);
    String largest =
        nodes.add(base + "/above_zero", "Max", List.of(found, number(e, "tiny", SMALLEST)));
    String room = nodes.add(base + "/room", "Div", List.of(number(e, "limit", limit), largest));
    String ln = nodes.add(base + "/ln", "Log", List.of(room));
    String log2 =
        nodes.add(
            base + "/log2", "Mul", List.of(ln, number(e, "log2e", (float) (1 / Math.log(2)))));
    String whole = nodes.add(base + "/whole", "Floor", List.of(log2));
    String exponent = nodes.add(base + "/exponent", "Min", List.of(whole, number(e, "most", most)));
    return of(nodes, base, exponent);
  }

  /** For exponents that are known. */
  static PowerOfTwo of(NodeList nodes, String base, String exponent) {
    String two = number(nodes.emission(), "two", 2);
    String up = nodes.add(base + "/up", "Pow", List.of(two, exponent));
    return new PowerOfTwo(exponent, up, nodes.add(base + "/down", "Reciprocal", List.of(up)));
  }

  /** UINT8 round(x · 2^s) + 128. */
  String codes(NodeList nodes, String base, String x) {
    Emission e = nodes.emission();
    String scaled = nodes.add(base + "/scaled", "Mul", List.of(x, up));
    return nodes.add(
        base + "/codes", "QuantizeLinear", List.of(scaled, number(e, "unit", 1), zero(e)));
  }

  /** FLOAT: x with what 8 bits of it keep. */
  String rounded(NodeList nodes, String base, String x) {
    Emission e = nodes.emission();
    String codes = codes(nodes, base, x);
    String whole =
        nodes.add(
            base + "/whole_codes",
            "DequantizeLinear",
            List.of(codes, number(e, "unit", 1), zero(e)));
    return nodes.add(base + "/rounded", "Mul", List.of(whole, down));
  }

  static String zero(Emission emission) {
    return emission.constant(
        Tensor.ofBytes("middle", ElementType.UINT8, new long[0], new byte[] {(byte) ZERO}));
  }

  static String number(Emission emission, String name, float value) {
    return emission.constant(Tensor.ofFloats(name, new long[0], new float[] {value}));
  }
}
