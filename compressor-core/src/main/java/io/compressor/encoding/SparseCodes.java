package io.compressor.encoding;

import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Codes many of which stand for 0, as those of a pruned weight do: a bit for each and the codes of
 * the others, which need no level for 0. The kernel behind them is the same; only the file is
 * smaller.
 *
 * @param bits 0 where the code stands for 0, else 1
 * @param kept the other codes, numbered without the one that stands for 0
 * @param table levels of these
 */
record SparseCodes(byte[] bits, byte[] kept, byte[] table) {
  /** Below that gain the nodes are not worth it. */
  private static final double GAIN = 0.9;

  /** Levels that are left at least. */
  private static final int FEWEST = 2;

  /**
   * @param table level of each code, one of them 0 at most
   * @return empty where plain codes are about as small
   */
  static Optional<SparseCodes> of(byte[] codes, byte[] table) {
    int zero = 0;
    while (zero < table.length && table[zero] != 0) {
      zero++;
    }
    if (zero == table.length || table.length <= FEWEST) {
      return Optional.empty();
    }
    byte[] bits = new byte[codes.length];
    byte[] kept = new byte[codes.length];
    int count = 0;
    for (int i = 0; i < codes.length; i++) {
      int code = codes[i] & 0xff;
      if (code != zero) {
        bits[i] = 1;
        kept[count++] = (byte) (code > zero ? code - 1 : code);
      }
    }
    long plain = CodeUnpacking.of(table).words().bytes(codes.length);
    return count > 0 && bytes(codes.length, count, table.length) < GAIN * plain
        ? Optional.of(new SparseCodes(bits, Arrays.copyOf(kept, count), without(table, zero)))
        : Optional.empty();
  }

  /**
   * Bytes in the file of so many codes, so many of which are kept, in a table of so many levels.
   */
  static long bytes(long codes, long kept, int levels) {
    return MaskBits.bytes(codes) + CodeWords.of(levels - 1).bytes(kept);
  }

  /** Bytes in the file. */
  long bytes() {
    return bytes(bits.length, kept.length, table.length + 1);
  }

  private static byte[] without(byte[] table, int zero) {
    byte[] rest = new byte[table.length - 1];
    System.arraycopy(table, 0, rest, 0, zero);
    System.arraycopy(table, zero + 1, rest, zero, rest.length - zero);
    return rest;
  }

  /** As {@link CodeUnpacking#unpackConstant}. */
  String unpack(NodeList nodes, String base, long[] dims, ElementType type) {
    String others =
        CodeUnpacking.of(table)
            .unpackConstant(nodes, base, kept, new long[] {kept.length}, ElementType.INT8);
    String zero =
        nodes
            .emission()
            .constant(Tensor.ofBytes("none", ElementType.INT8, new long[] {1}, new byte[] {0}));
    String values =
        nodes.add(base + "/values", "Concat", List.of(zero, others), Attribute.of("axis", 0));
    String spread = nodes.gather(base + "/spread", values, MaskBits.place(nodes, base, bits));
    String shaped = nodes.reshape(base + "/placed", spread, dims);
    return type == ElementType.INT8 ? shaped : nodes.cast(base + "/placed_float", shaped, type);
  }
}
