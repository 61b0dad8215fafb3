package io.compressor.pass.weights.learn;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.solver.FoldedGrid;
import io.compressor.solver.Grid;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.UniformGrid;
import io.compressor.solver.VectorGrid;

/**
 * A quantized weight as scale times level.
 *
 * @param group inputs that share a scale
 * @param scales [rows × groups]
 * @param levels [rows × cols]
 */
record ScaledLevels(int group, float[] scales, float[] levels) {
  /**
   * @throws CompressorException INTERNAL for grids that are not scale times level
   */
  static ScaledLevels of(QuantizedWeight weight) {
    Grid grid = weight.grid();
    if (grid instanceof FoldedGrid folded) {
      return of(folded, weight.codes());
    }
    if (grid instanceof VectorGrid vectors) {
      return of(vectors, weight.codes());
    }
    if (grid instanceof UniformGrid uniform) {
      return of(uniform, weight.codes());
    }
    throw new CompressorException(
        ErrorCode.INTERNAL,
        "learning",
        "cannot take apart a " + grid.getClass().getSimpleName(),
        "report this with the recipe");
  }

  /** The rounding of level times multiplier is left out: what is learnt is folded anew. */
  private static ScaledLevels of(FoldedGrid grid, byte[] codes) {
    int groups = grid.groups();
    float[] scales = new float[grid.rows() * groups];
    for (int i = 0; i < scales.length; i++) {
      int m = grid.multipliers()[i] & 0xff;
      // A group of zeros has multiplier 0: its weights stay 0 through its codes' level.
      scales[i] = grid.rowScales()[i / groups] * Math.max(m, 1) / (1 << grid.shift());
    }
    byte[] table = grid.table().levels();
    float[] levels = new float[codes.length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = table[codes[i] & 0xff];
    }
    return new ScaledLevels(grid.group(), scales, levels);
  }

  private static ScaledLevels of(VectorGrid grid, byte[] codes) {
    float[] levels = new float[codes.length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = grid.table().at(codes[i] & 0xff, i % grid.cols() % grid.table().length());
    }
    return new ScaledLevels(grid.cols(), grid.rowScales().clone(), levels);
  }

  private static ScaledLevels of(UniformGrid grid, byte[] codes) {
    int groups = grid.groups();
    int cols = grid.cols();
    byte[] zeros = grid.zeros();
    float[] levels = new float[codes.length];
    for (int i = 0; i < levels.length; i++) {
      int g = i / cols * groups + i % cols / grid.group();
      int zero = zeros.length == 0 ? 0 : zeros[g] & 0xff;
      levels[i] = (codes[i] & 0xff) - zero;
    }
    return new ScaledLevels(grid.group(), grid.scales().clone(), levels);
  }
}
