package io.compressor.solver;

import io.compressor.engine.Engine;
import java.util.Arrays;
import java.util.List;

/**
 * Prunes the columns of W [rows × cols] one block after another and moves what is lost into the
 * columns that are still to come, on the factor that {@link GptqSolver} walks: a weight that is
 * kept takes its corrected value, one that goes takes 0. In each block the weights with the least
 * w² / [H⁻¹]_jj over all rows go, as many as the block's share.
 *
 * <p>Source: Frantar and Alistarh, SparseGPT (arXiv 2301.00774), algorithm 1.
 */
public final class SparseGpt {
  private static final int BLOCK = 128;
  private static final int CHUNK = 32;

  private final float[] w;
  private final boolean[] before;
  private final GptqFactor factor;
  private final double[][] lower;
  private final int rows;
  private final int n;
  private final float[] result;
  private final double[][] acc;

  private SparseGpt(float[] w, boolean[] before, GptqFactor factor) {
    this.w = w;
    this.before = before;
    this.factor = factor;
    this.lower = factor.lower();
    this.n = factor.size();
    this.rows = w.length / n;
    this.result = new float[w.length];
    this.acc = new double[rows][n];
  }

  /**
   * @param w [rows × cols]
   * @param kept false for weights that are gone already and stay so
   * @param factor of the inputs' Hessian; must not have fallen back
   * @param zeros how many weights shall be 0; a few more when weights that are gone crowd a block
   * @return the new weights; what went is exactly 0
   */
  public static float[] prune(
      float[] w, boolean[] kept, GptqFactor factor, int zeros, Engine engine) {
    if (factor.status() == GptqResult.Status.FELL_BACK || w.length % factor.size() != 0) {
      throw new IllegalArgumentException(
          "expected a factor of the %d weights' inputs".formatted(w.length));
    }
    return new SparseGpt(w, kept, factor).run(zeros, engine);
  }

  private float[] run(int zeros, Engine engine) {
    List<RowChunk> chunks = RowChunk.cut(0, rows, CHUNK);
    int gone = 0;
    for (int hi = n; hi > 0; hi -= BLOCK) {
      int from = Math.max(0, hi - BLOCK);
      int to = hi;
      int wanted = (int) ((long) zeros * (n - from) / n) - gone;
      boolean[] goes = choose(from, to, Math.max(0, Math.min(rows * (to - from), wanted)));
      for (boolean g : goes) {
        gone += g ? 1 : 0;
      }
      engine.map(chunks, chunk -> sweep(chunk, from, to, goes));
    }
    return result;
  }

  /** [rows × block]: which weights of the block go. */
  private boolean[] choose(int from, int to, int wanted) {
    int width = to - from;
    float[] scores = new float[rows * width];
    for (int r = 0; r < rows; r++) {
      for (int p = from; p < to; p++) {
        int column = factor.column(p);
        int at = r * n + column;
        double corrected = (w[at] * lower[p][p] + acc[r][p]);
        scores[r * width + p - from] =
            !before[at]
                ? Float.NEGATIVE_INFINITY
                : factor.isDead(column) ? -1 : (float) (corrected * corrected);
      }
    }
    boolean[] goes = new boolean[scores.length];
    float[] sorted = scores.clone();
    Arrays.sort(sorted);
    float limit = wanted == 0 ? Float.NEGATIVE_INFINITY : sorted[wanted - 1];
    int left = wanted;
    for (int i = 0; i < scores.length; i++) {
      if (scores[i] == Float.NEGATIVE_INFINITY || scores[i] < limit) {
        goes[i] = true;
        left--;
      }
    }
    for (int i = 0; i < scores.length && left > 0; i++) {
      if (!goes[i] && scores[i] == limit) {
        goes[i] = true;
        left--;
      }
    }
    return goes;
  }

  private RowChunk sweep(RowChunk chunk, int from, int to, boolean[] goes) {
    int width = to - from;
    double[] rest = new double[width];
    for (int r = chunk.from(); r < chunk.to(); r++) {
      for (int p = to - 1; p >= from; p--) {
        int at = r * n + factor.column(p);
        double level = goes[r * width + p - from] ? 0 : w[at] + acc[r][p] / lower[p][p];
        result[at] = (float) level;
        rest[p - from] = w[at] - level;
        RowUpdate.one(acc[r], lower[p], from, p, rest[p - from]);
      }
      for (int tile = 0; tile < from; tile += RowUpdate.TILE) {
        int end = Math.min(from, tile + RowUpdate.TILE);
        RowUpdate.add(acc[r], rest, 0, lower, from, width, tile, end);
      }
    }
    return chunk;
  }
}
