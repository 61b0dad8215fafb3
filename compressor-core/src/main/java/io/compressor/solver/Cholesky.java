package io.compressor.solver;

import io.compressor.engine.Engine;
import java.util.List;

/**
 * A = L Lᵀ in place, fp64, right-looking over panels of {@value #PANEL} columns; rows of the
 * trailing matrix are independent, so threads do not change the bits.
 *
 * <p>A is jagged: row i holds columns 0 … i. Extra memory: one transposed panel, {@value #PANEL} ×
 * n doubles. Work n³/3 flops.
 */
final class Cholesky {
  private static final int PANEL = 128;
  private static final int CHUNK = 32;

  private final double[][] a;
  private final int n;
  private final Engine engine;
  private final double[][] panel;

  private Cholesky(double[][] a, Engine engine) {
    this.a = a;
    this.n = a.length;
    this.engine = engine;
    this.panel = new double[Math.min(PANEL, n)][n];
  }

  /**
   * Replaces A by its factor.
   *
   * @param a n rows, row i of length i + 1
   * @return false if A is not positive definite to working precision; A is then garbage
   */
  static boolean factor(double[][] a, Engine engine) {
    return new Cholesky(a, engine).run();
  }

  private boolean run() {
    double[] floor = new double[n];
    for (int i = 0; i < n; i++) {
      // A pivot this far below its diagonal is rounding noise of a singular matrix.
      floor[i] = a[i][i] * n * 0x1p-53;
    }
    for (int from = 0; from < n; from += PANEL) {
      int to = Math.min(n, from + PANEL);
      if (!factorDiagonal(from, to, floor)) {
        return false;
      }
      int start = from;
      List<RowChunk> below = RowChunk.cut(to, n, CHUNK);
      engine.map(below, chunk -> solveRows(chunk, start, to));
      engine.map(below, chunk -> updateRows(chunk, start, to));
    }
    return true;
  }

  /** Factors the square [from, to)² and writes its transpose into the panel. */
  private boolean factorDiagonal(int from, int to, double[] floor) {
    for (int j = from; j < to; j++) {
      solveRow(j, from, j);
      double[] row = a[j];
      double pivot = row[j];
      for (int k = from; k < j; k++) {
        pivot -= row[k] * row[k];
      }
      if (!(pivot > floor[j]) || pivot == Double.POSITIVE_INFINITY) {
        return false;
      }
      row[j] = Math.sqrt(pivot);
      for (int k = from; k <= j; k++) {
        panel[k - from][j] = row[k];
      }
    }
    return true;
  }

  private RowChunk solveRows(RowChunk chunk, int from, int to) {
    for (int i = chunk.from(); i < chunk.to(); i++) {
      solveRow(i, from, to);
      for (int k = from; k < to; k++) {
        panel[k - from][i] = -a[i][k];
      }
    }
    return chunk;
  }

  /** Forward substitution of row i over the panel's columns [from, to). */
  private void solveRow(int i, int from, int to) {
    double[] row = a[i];
    for (int k = from; k < to; k++) {
      double x = row[k] / panel[k - from][k];
      row[k] = x;
      RowUpdate.one(row, panel[k - from], k + 1, to, -x);
    }
  }

  private RowChunk updateRows(RowChunk chunk, int from, int to) {
    for (int lo = to; lo < chunk.to(); lo += RowUpdate.TILE) {
      for (int i = Math.max(chunk.from(), lo); i < chunk.to(); i++) {
        int hi = Math.min(i + 1, lo + RowUpdate.TILE);
        RowUpdate.add(a[i], a[i], from, panel, 0, to - from, lo, hi);
      }
    }
    return chunk;
  }
}
