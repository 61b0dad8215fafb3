package io.compressor.solver;

import java.util.Optional;

/**
 * The walk over columns for strips of rows. Positions run from n − 1 (quantized first) down to 0,
 * so that the pending corrections of row w live in acc[0 … p], and the part of the factor they need
 * is the contiguous row L[p][0 … p].
 */
final class GptqSweep {
  private final float[] w;
  private final GptqFactor factor;
  private final double[][] lower;
  private final double[] inverse;
  private final Grid grid;
  private final Optional<LiveGrid> live;
  private final int n;
  private final int block;
  private final byte[] codes;
  private final double[] errors;

  GptqSweep(float[] w, GptqFactor factor, Grid grid, Optional<LiveGrid> live, int blockSize) {
    this.w = w;
    this.factor = factor;
    this.lower = factor.lower();
    this.grid = grid;
    this.live = live;
    this.n = factor.size();
    this.block = live.map(l -> l.wholeGroups(blockSize)).orElse(Math.min(blockSize, n));
    this.codes = new byte[w.length];
    this.errors = new double[grid.rows()];
    this.inverse = new double[n];
    for (int p = 0; p < n; p++) {
      inverse[p] = 1 / lower[p][p];
    }
  }

  byte[] codes() {
    return codes;
  }

  /** (w−q) H (w−q)ᵀ of each row. */
  double[] errors() {
    return errors;
  }

  RowChunk solve(RowChunk chunk) {
    int rows = chunk.to() - chunk.from();
    double[][] acc = new double[rows][n];
    double[][] rest = new double[rows][block];
    Optional<LiveGrid.Fitting> fitting = live.map(LiveGrid::fitting);
    for (int hi = n; hi > 0; hi -= block) {
      int lo = Math.max(0, hi - block);
      for (int r = 0; r < rows; r++) {
        quantizeBlock(chunk.from() + r, acc[r], rest[r], lo, hi, fitting);
      }
      for (int tile = 0; tile < lo; tile += RowUpdate.TILE) {
        int end = Math.min(lo, tile + RowUpdate.TILE);
        for (int r = 0; r < rows; r++) {
          RowUpdate.add(acc[r], rest[r], 0, lower, lo, hi - lo, tile, end);
        }
      }
    }
    return chunk;
  }

  /** Positions hi − 1 … lo of one row; rest receives w − q. */
  private void quantizeBlock(
      int row, double[] acc, double[] rest, int lo, int hi, Optional<LiveGrid.Fitting> fitting) {
    double error = 0;
    for (int p = hi - 1; p >= lo; p--) {
      if (fitting.isPresent() && fitting.get().startsAt(n - 1 - p)) {
        fitting.get().refit(row, n - 1 - p, acc, lower, w);
      }
      int column = factor.column(p);
      int at = row * n + column;
      double value = w[at] + acc[p] * inverse[p];
      int code = grid.encode(row, column, value);
      double level = grid.decode(row, column, code);
      double d = w[at] - level;
      codes[at] = (byte) code;
      rest[p - lo] = d;
      RowUpdate.one(acc, lower[p], lo, p, d);
      if (!factor.isDead(column)) {
        double e = (value - level) * lower[p][p];
        error += e * e - factor.lambda() * d * d;
      }
    }
    errors[row] += error;
  }
}
