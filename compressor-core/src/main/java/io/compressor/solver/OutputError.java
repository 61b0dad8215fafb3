package io.compressor.solver;

import io.compressor.engine.Engine;

/**
 * How far Q moves the outputs of a layer on the data behind H: tr((W−Q) H (W−Q)ᵀ). With H = (1/N) Σ
 * x xᵀ this is the mean over inputs x of ‖(W−Q) x‖². Source: the objective of GPTQ.
 *
 * <p>Work: rows·n² flops; memory: n² doubles for one instance, a strip for each thread. W and Q are
 * [rows × n] row-major. Deterministic at any thread count.
 */
public final class OutputError {
  private static final int CHUNK = 64;
  private static final int BLOCK = 32;

  private final double[][] h;
  private final int n;
  private final Engine engine;

  private OutputError(double[][] h, Engine engine) {
    this.h = h;
    this.n = h.length;
    this.engine = engine;
  }

  public static OutputError of(Hessian h, Engine engine) {
    double[][] rows = new double[h.size()][h.size()];
    for (int p = 0; p < rows.length; p++) {
      System.arraycopy(h.values(), p * rows.length, rows[p], 0, rows.length);
    }
    return new OutputError(rows, engine);
  }

  /** tr((W−Q) H (W−Q)ᵀ) ≥ 0, in the units of H. */
  public double absolute(float[] w, float[] q) {
    if (w.length != q.length || w.length % n != 0) {
      throw new IllegalArgumentException(
          "expected two weights of rows x %d but got %d and %d values"
              .formatted(n, w.length, q.length));
    }
    double[] rowErrors = new double[w.length / n];
    engine.map(
        RowChunk.cut(0, rowErrors.length, CHUNK),
        chunk -> {
          measure(chunk, w, q, rowErrors);
          return chunk;
        });
    double sum = 0;
    for (double e : rowErrors) {
      sum += e;
    }
    return Math.max(0, sum);
  }

  /** tr(W H Wᵀ): the mean square of the output itself. */
  public double signal(float[] w) {
    return absolute(w, new float[w.length]);
  }

  /** {@link #absolute} divided by {@link #signal}; 0 if the error is 0. */
  public double relative(float[] w, float[] q) {
    double error = absolute(w, q);
    return error == 0 ? 0 : error / signal(w);
  }

  private void measure(RowChunk chunk, float[] w, float[] q, double[] rowErrors) {
    int rows = chunk.to() - chunk.from();
    double[][] d = new double[rows][n];
    double[][] acc = new double[rows][n];
    double[][] own = new double[rows][n];
    for (int r = 0; r < rows; r++) {
      int offset = (chunk.from() + r) * n;
      for (int c = 0; c < n; c++) {
        d[r][c] = (double) w[offset + c] - q[offset + c];
      }
    }
    // H is symmetric: what lies left of the diagonal blocks counts twice.
    for (int lo = 0; lo < n; lo += BLOCK) {
      int hi = Math.min(n, lo + BLOCK);
      for (int tile = 0; tile < lo; tile += RowUpdate.TILE) {
        int end = Math.min(lo, tile + RowUpdate.TILE);
        for (int r = 0; r < rows; r++) {
          RowUpdate.add(acc[r], d[r], lo, h, lo, hi - lo, tile, end);
        }
      }
      for (int r = 0; r < rows; r++) {
        RowUpdate.add(own[r], d[r], lo, h, lo, hi - lo, lo, hi);
      }
    }
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int c = 0; c < n; c++) {
        sum += d[r][c] * (2 * acc[r][c] + own[r][c]);
      }
      rowErrors[chunk.from() + r] = sum;
    }
  }
}
