package io.compressor.solver;

import io.compressor.engine.Engine;

/** Each weight to the nearest level of its grid (RTN): the baseline every solver must beat. */
public final class RoundToNearest {
  private static final int CHUNK = 64;

  private RoundToNearest() {}

  public static QuantizedWeight quantize(float[] w, Grid grid) {
    return quantize(w, grid, Engine.direct());
  }

  /**
   * @param w [rows × cols] row-major, the shape of the grid
   * @throws IllegalArgumentException on a wrong size or a weight that is not finite
   */
  public static QuantizedWeight quantize(float[] w, Grid grid, Engine engine) {
    Weights.require(w, grid.rows(), grid.cols());
    if (grid instanceof VectorGrid vectors) {
      return VectorRounding.nearest(w, vectors, engine);
    }
    int cols = grid.cols();
    byte[] codes = new byte[w.length];
    engine.map(
        RowChunk.cut(0, grid.rows(), CHUNK),
        chunk -> {
          for (int row = chunk.from(), i = row * cols; row < chunk.to(); row++) {
            for (int col = 0; col < cols; col++, i++) {
              codes[i] = (byte) grid.encode(row, col, w[i]);
            }
          }
          return chunk;
        });
    return new QuantizedWeight(grid, codes);
  }
}
