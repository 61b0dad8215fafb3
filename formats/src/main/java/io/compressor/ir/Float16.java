package io.compressor.ir;

/** IEEE half precision and bfloat16, which Java 17 has no types for. */
public final class Float16 {
  private Float16() {}

  /** Exact float value of a half's 16 bits. */
  public static float toFloat(short bits) {
    int h = bits & 0xffff;
    int sign = (h & 0x8000) << 16;
    int exponent = (h >> 10) & 0x1f;
    int mantissa = h & 0x3ff;
    if (exponent == 0) {
      float magnitude = mantissa * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int e = exponent == 31 ? 255 : exponent + 112;
    return Float.intBitsToFloat(sign | e << 23 | mantissa << 13);
  }

  /** Nearest half, ties to even; overflow becomes infinity. */
  public static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int abs = bits & 0x7fffffff;
    if (abs > 0x7f800000) {
      return (short) (sign | 0x7e00);
    }
    if (abs >= 0x477ff000) {
      return (short) (sign | 0x7c00);
    }
    if (abs < 0x38800000) {
      return (short) (sign | (int) Math.rint(Math.abs(value) * 0x1p24));
    }
    int rounded = abs + 0xfff + ((abs >> 13) & 1);
    return (short) (sign | (rounded - 0x38000000) >> 13);
  }

  public static float bfloatToFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}
