package io.compressor.encoding;

/**
 * GELU of all 8-bit codes at all useful exponents: entry (s, c) is what GELU(c · 2^−s) is in units
 * of 2^−s, rounded. |GELU(x)| ≤ |x|, so the same exponent holds it.
 */
public final class GeluTable {
  /** Values up to 32,640. */
  public static final int LOWEST = -8;

  /** Values below 0.004, where GELU is a half of x to less than the last digit. */
  public static final int HIGHEST = 15;

  private static final int CODES = 256;

  private GeluTable() {}

  /** INT8 levels [(HIGHEST − LOWEST + 1) · 256]; code c stands for c − 128. */
  public static byte[] levels() {
    byte[] all = new byte[(HIGHEST - LOWEST + 1) * CODES];
    for (int s = LOWEST; s <= HIGHEST; s++) {
      for (int c = 0; c < CODES; c++) {
        double x = Math.scalb((double) c - PowerOfTwo.ZERO, -s);
        all[(s - LOWEST) * CODES + c] = (byte) Math.rint(Math.scalb(gelu(x), s));
      }
    }
    return all;
  }

  /** x · Φ(x), to 1e-9 at least. */
  public static double gelu(double x) {
    return x * normal(x);
  }

  /** Marsaglia's series for the normal distribution function. */
  private static double normal(double x) {
    if (x < -8) {
      return 0;
    }
    if (x > 8) {
      return 1;
    }
    double sum = x;
    double term = x;
    for (int i = 3; sum + term != sum; i += 2) {
      term *= x * x / i;
      sum += term;
    }
    return 0.5 + sum * Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  }
}
