package io.compressor.solver;

import io.compressor.engine.Engine;

/** Each vector of weights to its nearest codeword: rounding to nearest for {@link VectorGrid}. */
final class VectorRounding {
  private static final int CHUNK = 16;

  private VectorRounding() {}

  /**
   * @param w [rows × cols] row-major
   */
  static QuantizedWeight nearest(float[] w, VectorGrid grid, Engine engine) {
    int length = grid.table().length();
    int cols = grid.cols();
    int vectors = grid.vectors();
    NearestVector whole = NearestVector.of(grid.table(), length);
    NearestVector last = NearestVector.of(grid.table(), cols - (vectors - 1) * length);
    byte[] chosen = new byte[grid.rows() * vectors];
    engine.map(
        RowChunk.cut(0, grid.rows(), CHUNK),
        chunk -> {
          float[] scratch = new float[whole.size()];
          float[] row = new float[cols];
          for (int r = chunk.from(); r < chunk.to(); r++) {
            for (int c = 0; c < cols; c++) {
              row[c] = (float) ((double) w[r * cols + c] / grid.rowScales()[r]);
            }
            for (int v = 0; v < vectors; v++) {
              NearestVector nearest = v == vectors - 1 ? last : whole;
              chosen[r * vectors + v] = (byte) nearest.of(row, v * length, scratch);
            }
          }
          return chunk;
        });
    return grid.spread(chosen);
  }
}
