package io.compressor.formats.pack;

/**
 * Codes of 1 to 8 bits as one stream of bits, low bits first: code i takes the bits from {@code
 * i·bits} on, counted from the lowest bit of the first byte. For 4 and 2 bits this is how ONNX
 * stores INT4 and INT2 tensors; unused bits of the last byte are zero.
 */
public final class BitPacking {
  private BitPacking() {}

  /** Bytes that {@code count} codes take. */
  public static int packedLength(int count, int bits) {
    requireBits(bits);
    return Math.toIntExact(((long) count * bits + 7) / 8);
  }

  /**
   * Packs the low {@code bits} bits of each code; higher bits are ignored, so signed codes pass as
   * they are.
   *
   * @param bits 1 to 8
   */
  public static byte[] pack(byte[] codes, int bits) {
    byte[] packed = new byte[packedLength(codes.length, bits)];
    int mask = (1 << bits) - 1;
    int held = 0;
    int heldBits = 0;
    int at = 0;
    for (byte code : codes) {
      held |= (code & mask) << heldBits;
      heldBits += bits;
      if (heldBits >= 8) {
        packed[at++] = (byte) held;
        held >>>= 8;
        heldBits -= 8;
      }
    }
    if (heldBits > 0) {
      packed[at] = (byte) held;
    }
    return packed;
  }

  /**
   * The first {@code count} codes, each in [0, 2^bits).
   *
   * @throws IllegalArgumentException when {@code packed} is too short for them
   */
  public static byte[] unpack(byte[] packed, int bits, int count) {
    if (packed.length < packedLength(count, bits)) {
      throw new IllegalArgumentException(
          count
              + " codes of "
              + bits
              + " bits need "
              + packedLength(count, bits)
              + " bytes but there are "
              + packed.length);
    }
    byte[] codes = new byte[count];
    int mask = (1 << bits) - 1;
    int held = 0;
    int heldBits = 0;
    int at = 0;
    for (int i = 0; i < count; i++) {
      if (heldBits < bits) {
        held |= (packed[at++] & 0xff) << heldBits;
        heldBits += 8;
      }
      codes[i] = (byte) (held & mask);
      held >>>= bits;
      heldBits -= bits;
    }
    return codes;
  }

  private static void requireBits(int bits) {
    if (bits < 1 || bits > 8) {
      throw new IllegalArgumentException("bits must be in [1, 8] but was " + bits);
    }
  }
}
