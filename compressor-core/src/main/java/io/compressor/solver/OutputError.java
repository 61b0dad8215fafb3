package io.compressor.solver;

import io.compressor.engine.Engine;

/**
 * How far Q moves the outputs of a layer on the data behind H: tr((W−Q) H (W−Q)ᵀ). With H = (1/N) Σ
 * x xᵀ this is the mean over inputs x of ‖(W−Q) x‖². Source: the objective of GPTQ.
 *
 * <p>Work: rows·n² flops; memory: n²/2 doubles for one instance, a strip for each thread. W and Q
 * are [rows × n] row-major. Deterministic at any thread count.
 */
public final class OutputError {
  private static final int CHUNK = 64;
  private static final int BLOCK = 32;

  private final double[][] lower;
  private final int n;
  private final Engine engine;

  private OutputError(double[][] lower, Engine engine) {
    this.lower = lower;
    this.n = lower.length;
    this.engine = engine;
  }

  public static OutputError of(Hessian h, Engine engine) {
    double[][] lower = new double[h.size()][];
    for (int p = 0; p < lower.length; p++) {
      lower[p] = new double[p + 1];
      System.arraycopy(h.values(), p * lower.length, lower[p], 0, p + 1);
    }
    return new OutputError(lower, engine);
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
    for (int r = 0; r < rows; r++) {
      int offset = (chunk.from() + r) * n;
      for (int c = 0; c < n; c++) {
        d[r][c] = (double) w[offset + c] - q[offset + c];
      }
    }
    for (int lo = 0; lo < n; lo += BLOCK) {
      int hi = Math.min(n, lo + BLOCK);
      for (int tile = 0; tile < lo; tile += RowUpdate.TILE) {
        int end = Math.min(lo, tile + RowUpdate.TILE);
        for (int r = 0; r < rows; r++) {
          RowUpdate.add(acc[r], d[r], lo, lower, lo, hi - lo, tile, end);
        }
      }
      for (int r = 0; r < rows; r++) {
        for (int p = hi - 1; p > lo; p--) {
          RowUpdate.one(acc[r], lower[p], lo, p, d[r][p]);
        }
      }
    }
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int c = 0; c < n; c++) {
        sum += d[r][c] * (2 * acc[r][c] + d[r][c] * lower[c][c]);
      }
      rowErrors[chunk.from() + r] = sum;
    }
  }
}
