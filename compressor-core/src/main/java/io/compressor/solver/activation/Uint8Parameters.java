package io.compressor.solver.activation;

/**
 * x ≈ scale · (q − zeroPoint) with q in [0, levels).
 *
 * @param scale finite, &gt; 0
 * @param zeroPoint in [0, levels): 0 itself is represented exactly
 * @param levels 256, or 128 where 16-bit sums of the kernel would saturate
 */
public record Uint8Parameters(float scale, int zeroPoint, int levels) {
  /**
   * Parameters that cover a range after extending it to contain 0: a range that starts at or above
   * 0 (ReLU) gets zero point 0 and all levels on its side, one that ends at or below 0 the last
   * level. Rounding of the zero point may move either end by half a step, as in ONNX Runtime.
   */
  public static Uint8Parameters of(ActivationRange range, int levels) {
    if (levels < 2 || levels > 256) {
      throw new IllegalArgumentException("levels must be 2 to 256 but was " + levels);
    }
    double low = Math.min(0, range.min());
    double high = Math.max(0, range.max());
    if (low == high) {
      return new Uint8Parameters(1, 0, levels);
    }
    // Divided before subtracted: the width of a range of doubles may overflow.
    double step = high / (levels - 1) - low / (levels - 1);
    float scale = (float) Math.max(Float.MIN_NORMAL, Math.min(Float.MAX_VALUE, step));
    double zero = Math.rint(-low / scale);
    return new Uint8Parameters(scale, (int) Math.max(0, Math.min(levels - 1, zero)), levels);
  }

  /** Rounded half to even, saturated. */
  public int quantize(double x) {
    return (int) Math.max(0, Math.min(levels - 1, Math.rint(x / scale) + zeroPoint));
  }

  public double dequantize(int q) {
    return (double) scale * (q - zeroPoint);
  }
}
