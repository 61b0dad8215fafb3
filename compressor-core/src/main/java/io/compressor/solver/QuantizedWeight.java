package io.compressor.solver;

import io.compressor.engine.Engine;

/**
 * Codes on a grid.
 *
 * @param codes [rows × cols] row-major, each an unsigned byte in [0, 2^bits)
 */
public record QuantizedWeight(Grid grid, byte[] codes) {
  private static final int CHUNK = 64;

  public int rows() {
    return grid.rows();
  }

  public int cols() {
    return grid.cols();
  }

  /** As {@link #dequantize(Engine)}, on this thread. */
  public float[] dequantize() {
    return dequantize(Engine.direct());
  }

  /**
   * The weights that the codes stand for, [rows × cols] row-major. A level beyond the float range
   * (only for weights near its end) saturates, so that finite weights stay finite.
   */
  public float[] dequantize(Engine engine) {
    int cols = cols();
    float[] w = new float[codes.length];
    engine.map(
        RowChunk.cut(0, rows(), CHUNK),
        chunk -> {
          for (int row = chunk.from(), i = row * cols; row < chunk.to(); row++) {
            for (int col = 0; col < cols; col++, i++) {
              double level = grid.decode(row, col, codes[i] & 0xff);
              w[i] = (float) Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, level));
            }
          }
          return chunk;
        });
    return w;
  }
}
