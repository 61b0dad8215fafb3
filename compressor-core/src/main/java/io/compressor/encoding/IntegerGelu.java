package io.compressor.encoding;

import io.compressor.graph.Gelu;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.util.List;

/**
 * GELU as a look-up: 8-bit codes of x, one Gather from {@link GeluTable}, the same exponent.
 *
 * <p>Source: Dong and Chen, BCT (arXiv 2304.01483), as reconstructed: a table over int8 codes for
 * the block's shift.
 */
final class IntegerGelu {
  private static final int CODES = 256;

  private IntegerGelu() {}

  /**
   * @param blocks how many the last axis is cut into, and how wide they are
   */
  static void replace(Emission emission, Gelu gelu, LastAxis blocks) {
    NodeList nodes = new NodeList(emission);
    String base = gelu.output();
    String x = blocks.cut(nodes, base, gelu.input());
    PowerOfTwo found =
        PowerOfTwo.of(nodes, base, x, -1, PowerOfTwo.LARGEST_CODE, GeluTable.HIGHEST);
    String exponent =
        nodes.add(
            base + "/shift",
            "Max",
            List.of(found.exponent(), PowerOfTwo.number(emission, "lowest", GeluTable.LOWEST)));
    PowerOfTwo shift = PowerOfTwo.of(nodes, base + "/table", exponent);
    String codes = nodes.cast(base + "/int32", shift.codes(nodes, base, x), ElementType.INT32);
    String row =
        nodes.add(
            base + "/row",
            "Sub",
            List.of(
                nodes.cast(base + "/shift_int32", exponent, ElementType.INT32),
                emission.scalar("lowest_shift", GeluTable.LOWEST)));
    String start =
        nodes.add(base + "/start", "Mul", List.of(row, emission.scalar("row_codes", CODES)));
    String place = nodes.add(base + "/place", "Add", List.of(start, codes));
    byte[] levels = GeluTable.levels();
    String table =
        emission.constant(
            Tensor.ofBytes("gelu", ElementType.INT8, new long[] {levels.length}, levels));
    String found8 = nodes.gather(base + "/int8", table, place);
    String floats = nodes.cast(base + "/float", found8, ElementType.FLOAT);
    String y = nodes.add(base + "/value", "Mul", List.of(floats, shift.down()));
    nodes.add(blocks.join(nodes, base, y, gelu.input(), gelu.output()));
    emission.editor().replace(gelu.output(), nodes.nodes());
  }
}
