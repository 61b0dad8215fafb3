package io.compressor.solver;

/** Each weight to the nearest level of its grid (RTN): the baseline every solver must beat. */
public final class RoundToNearest {
  private RoundToNearest() {}

  /**
   * @param w [rows × cols] row-major, the shape of the grid
   * @throws IllegalArgumentException on a wrong size or a weight that is not finite
   */
  public static QuantizedWeight quantize(float[] w, Grid grid) {
    Weights.require(w, grid.rows(), grid.cols());
    byte[] codes = new byte[w.length];
    for (int row = 0, i = 0; row < grid.rows(); row++) {
      for (int col = 0; col < grid.cols(); col++, i++) {
        codes[i] = (byte) grid.encode(row, col, w[i]);
      }
    }
    return new QuantizedWeight(grid, codes);
  }
}
