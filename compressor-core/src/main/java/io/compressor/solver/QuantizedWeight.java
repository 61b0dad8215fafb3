package io.compressor.solver;

/**
 * Codes on a grid.
 *
 * @param codes [rows × cols] row-major, each an unsigned byte in [0, 2^bits)
 */
public record QuantizedWeight(Grid grid, byte[] codes) {
  public int rows() {
    return grid.rows();
  }

  public int cols() {
    return grid.cols();
  }

  /** The weights that the codes stand for, [rows × cols] row-major. */
  public float[] dequantize() {
    int cols = cols();
    float[] w = new float[codes.length];
    for (int i = 0; i < w.length; i++) {
      w[i] = (float) grid.decode(i / cols, i % cols, codes[i] & 0xff);
    }
    return w;
  }
}
