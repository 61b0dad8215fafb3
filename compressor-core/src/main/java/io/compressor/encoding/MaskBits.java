package io.compressor.encoding;

import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.util.List;

/** A bit for each element, and what it says about where the element's value stands. */
final class MaskBits {
  private static final byte[] BIT = {0, 1};

  private MaskBits() {}

  /** Bytes that the bits of so many elements take. */
  static long bytes(long elements) {
    return (elements + 7) / 8;
  }

  /**
   * Stores the bits and adds the nodes that number them: 0 where the bit is 0, else 1 for the first
   * that is 1, 2 for the second and so on.
   *
   * @param bits 0 or 1 for each element
   * @return name of an INT32 value [elements]
   */
  static String place(NodeList nodes, String base, byte[] bits) {
    Emission emission = nodes.emission();
    ShiftUnpacking packing = new ShiftUnpacking(BIT);
    String stored =
        emission.constant(
            Tensor.ofBytes(
                base + "/mask",
                ElementType.UINT8,
                new long[] {1, packing.words().words(bits.length)},
                packing.pack(bits, 1, bits.length)));
    String mask = packing.codes(nodes, base, stored, bits.length, new long[] {bits.length});
    String wide = nodes.cast(base + "/bit", mask, ElementType.INT32);
    String count = nodes.add(base + "/count", "CumSum", List.of(wide, emission.scalar("axis", 0)));
    return nodes.add(base + "/place", "Mul", List.of(count, wide));
  }
}
