package io.compressor.encoding;

import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Consecutive levels in 1, 2 or 4 bits. A row is cut into as many planes as a byte holds codes;
 * byte i holds the i-th code of each plane. So two shifts of whole bytes restore a plane, which is
 * several times faster than looking up each byte.
 *
 * <pre>
 * words ─┬ BitShift left, right ─┐
 *        ├ …                     ├ Concat ─ Reshape ─ Cast ─ Sub(−lowest level)
 *        └ BitShift right ───────┘
 * </pre>
 */
final class ShiftUnpacking implements CodeUnpacking {
  private final CodeWords words;
  private final int lowest;

  ShiftUnpacking(byte[] codebook) {
    this.words = CodeWords.of(codebook.length);
    this.lowest = codebook[0];
  }

  /** Whether levels are consecutive and as many as 1, 2 or 4 bits can tell. */
  static boolean fits(byte[] codebook) {
    int n = codebook.length;
    return (n == 2 || n == 4 || n == 16) && codebook[n - 1] - codebook[0] == n - 1;
  }

  @Override
  public CodeWords words() {
    return words;
  }

  @Override
  public byte[] pack(byte[] codes, int rows, int cols) {
    int width = Math.toIntExact(words.words(cols));
    int bits = 8 / words.perWord();
    byte[] packed = new byte[Math.multiplyExact(rows, width)];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        packed[r * width + c % width] |= (byte) (codes[r * cols + c] << (bits * (c / width)));
      }
    }
    return packed;
  }

  @Override
  public String unpack(
      NodeList nodes, String base, String packed, long cols, long[] dims, ElementType type) {
    String shaped = codes(nodes, base, packed, cols, dims);
    String cast = nodes.cast(base + "/codes_float", shaped, ElementType.FLOAT);
    String zero = nodes.emission().constant(Tensor.scalar("zero_code", -lowest));
    String levels = nodes.add(base + "/levels", "Sub", List.of(cast, zero));
    return type == ElementType.FLOAT ? levels : nodes.cast(base + "/levels_int8", levels, type);
  }

  /** The codes themselves, UINT8, in the shape that {@link #unpack} would give their levels. */
  String codes(NodeList nodes, String base, String packed, long cols, long[] dims) {
    int planes = words.perWord();
    List<String> codes = new ArrayList<>();
    for (int plane = 0; plane < planes; plane++) {
      String top = shifted(nodes, base, packed, "LEFT", 8 / planes * (planes - 1 - plane));
      codes.add(shifted(nodes, base, top, "RIGHT", 8 / planes * (planes - 1)));
    }
    String all = nodes.add(base + "/planes", "Concat", codes, Attribute.of("axis", 1));
    return words.trimmed(nodes, base, all, cols, dims);
  }

  private static String shifted(
      NodeList nodes, String base, String value, String direction, int bits) {
    if (bits == 0) {
      return value;
    }
    String by =
        nodes
            .emission()
            .constant(
                Tensor.ofBytes("bits", ElementType.UINT8, new long[0], new byte[] {(byte) bits}));
    return nodes.add(
        base + "/shifted", "BitShift", List.of(value, by), Attribute.of("direction", direction));
  }
}
