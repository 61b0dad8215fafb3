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

  /**
   * The weights that the codes stand for, [rows × cols] row-major. A level beyond the float range
   * (only for weights near its end) saturates, so that finite weights stay finite.
   */
  public float[] dequantize() {
    int cols = cols();
    float[] w = new float[codes.length];
    for (int row = 0, i = 0; row < rows(); row++) {
      for (int col = 0; col < cols; col++, i++) {
        double level = grid.decode(row, col, codes[i] & 0xff);
        w[i] = (float) Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, level));
      }
    }
    return w;
  }
}
