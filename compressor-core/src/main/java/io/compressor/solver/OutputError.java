package io.compressor.solver;

import io.compressor.engine.Engine;
import java.util.Arrays;

/**
 * How far Q moves the outputs of a layer on the data behind H: tr((W−Q) H (W−Q)ᵀ). With H = (1/N) Σ
 * x xᵀ this is the mean over inputs x of ‖(W−Q) x‖². Source: the objective of GPTQ.
 *
 * <p>Work: rows·n² flops, in fp32: H comes from fp32 products anyway, and the error is good to six
 * digits of Σ |d_i H_ij d_j|. H and W−Q are brought to size 1 before, so that nothing overflows.
 * Memory: n² floats for one instance, a strip for each thread. W and Q are [rows × n] row-major.
 * Deterministic at any thread count.
 */
public final class OutputError {
  private static final int CHUNK = 64;
  private static final int BLOCK = 16;

  /** Floats are half as long as doubles. */
  private static final int TILE = 2 * RowUpdate.TILE;

  private final float[][] h;
  private final double unit;
  private final int n;
  private final Engine engine;

  private OutputError(float[][] h, double unit, Engine engine) {
    this.h = h;
    this.unit = unit;
    this.n = h.length;
    this.engine = engine;
  }

  public static OutputError of(Hessian h, Engine engine) {
    int n = h.size();
    double largest = Arrays.stream(h.values()).map(Math::abs).max().orElse(0);
    double unit = largest > 0 ? largest : 1;
    float[][] rows = new float[n][n];
    for (int p = 0; p < n; p++) {
      for (int c = 0; c < n; c++) {
        rows[p][c] = (float) (h.values()[p * n + c] / unit);
      }
    }
    return new OutputError(rows, unit, engine);
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
    float[][] d = new float[rows][n];
    float[][] acc = new float[rows][n];
    float[][] own = new float[rows][n];
    double[] size = new double[rows];
    for (int r = 0; r < rows; r++) {
      int offset = (chunk.from() + r) * n;
      for (int c = 0; c < n; c++) {
        size[r] = Math.max(size[r], Math.abs((double) w[offset + c] - q[offset + c]));
      }
      double scale = size[r] > 0 ? size[r] : 1;
      for (int c = 0; c < n; c++) {
        d[r][c] = (float) (((double) w[offset + c] - q[offset + c]) / scale);
      }
    }
    // H is symmetric: what lies left of the diagonal blocks counts twice.
    for (int lo = 0; lo < n; lo += BLOCK) {
      int hi = Math.min(n, lo + BLOCK);
      for (int tile = 0; tile < lo; tile += TILE) {
        int end = Math.min(lo, tile + TILE);
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
        sum += d[r][c] * (2.0 * acc[r][c] + own[r][c]);
      }
      rowErrors[chunk.from() + r] = sum * size[r] * size[r] * unit;
    }
  }
}
