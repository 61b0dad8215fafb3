package io.compressor.formats.pack;

/**
 * Whole codes in whole bytes, decoded by one row look-up: a byte is a number whose digits in base
 * {@code levels} are its codes, lowest first, and {@code table[byte]} holds their weights. ONNX
 * decodes it with {@code Gather(table, codes)}. Bases that are powers of two give the bits of
 * {@link BitPacking}; others pack denser than bits could: 5 ternary codes in a byte, 3 of six
 * levels.
 *
 * <p>Each row starts at a byte of its own, so rows can be gathered while packed.
 *
 * @param levels number of different codes, 2 to 256
 */
public record TableCodes(int levels) {
  /** Rows of a table: every value of a byte. */
  public static final int TABLE_ROWS = 256;

  public TableCodes {
    if (levels < 2 || levels > TABLE_ROWS) {
      throw new IllegalArgumentException("levels must be in [2, 256] but was " + levels);
    }
  }

  /** For codes of 1 to 8 bits. */
  public static TableCodes ofBits(int bits) {
    return new TableCodes(1 << bits);
  }

  /** Codes in one byte: the largest d with levels^d ≤ 256. */
  public int perByte() {
    int d = 0;
    for (int n = levels; n <= TABLE_ROWS; n *= levels) {
      d++;
    }
    return d;
  }

  /** Bits that one weight takes in the file, but for the padding of rows. */
  public double bitsPerCode() {
    return 8.0 / perByte();
  }

  /** Bytes that a row of {@code columns} codes takes. */
  public int rowBytes(int columns) {
    return (columns + perByte() - 1) / perByte();
  }

  /**
   * Packs rows of codes. Missing codes of a row's last byte count as 0.
   *
   * @param codes [rows, columns], each in [0, levels) as an unsigned byte
   * @return [rows, rowBytes(columns)]
   */
  public byte[] pack(byte[] codes, int columns) {
    int rows = rows(codes.length, columns);
    int d = perByte();
    int width = rowBytes(columns);
    byte[] packed = new byte[Math.multiplyExact(rows, width)];
    for (int r = 0; r < rows; r++) {
      for (int b = 0; b < width; b++) {
        int first = r * columns + b * d;
        int last = Math.min(first + d, (r + 1) * columns);
        int value = 0;
        for (int i = last - 1; i >= first; i--) {
          value = value * levels + checked(codes[i] & 0xff);
        }
        packed[r * width + b] = (byte) value;
      }
    }
    return packed;
  }

  /**
   * Inverse of {@link #pack}.
   *
   * @param packed [rows, rowBytes(columns)]
   * @return [rows, columns]
   */
  public byte[] unpack(byte[] packed, int columns) {
    int d = perByte();
    int width = rowBytes(columns);
    int rows = rows(packed.length, width);
    byte[] codes = new byte[Math.multiplyExact(rows, columns)];
    for (int r = 0; r < rows; r++) {
      for (int b = 0; b < width; b++) {
        int rest = packed[r * width + b] & 0xff;
        int first = r * columns + b * d;
        int last = Math.min(first + d, (r + 1) * columns);
        for (int i = first; i < last; i++) {
          codes[i] = (byte) (rest % levels);
          rest /= levels;
        }
      }
    }
    return codes;
  }

  /**
   * The table that turns a byte into its weights.
   *
   * @param values the int8 weight of each code, [levels]
   * @return [256, perByte]; rows that no packed byte uses are zero
   */
  public byte[] table(byte[] values) {
    if (values.length != levels) {
      throw new IllegalArgumentException(
          levels + " levels need as many values but there are " + values.length);
    }
    int d = perByte();
    byte[] table = new byte[TABLE_ROWS * d];
    int used = (int) Math.round(Math.pow(levels, d));
    for (int row = 0; row < used; row++) {
      int rest = row;
      for (int i = 0; i < d; i++) {
        table[row * d + i] = values[rest % levels];
        rest /= levels;
      }
    }
    return table;
  }

  private int checked(int code) {
    if (code >= levels) {
      throw new IllegalArgumentException("code " + code + " is not below " + levels);
    }
    return code;
  }

  private static int rows(int length, int columns) {
    if (columns < 1 || length % columns != 0) {
      throw new IllegalArgumentException(length + " codes are no rows of " + columns);
    }
    return length / columns;
  }
}
