package io.compressor.solver;

import java.util.ArrayList;
import java.util.List;

/**
 * {@link GptqSweep} for codewords of several columns. With e = (w − q) R, the columns of one vector
 * add Σ e_p² over their positions, where e_p = target_p − scale · (codeword R)_p and the target
 * holds what earlier columns left. So the best codeword is the nearest one in the coordinates of R,
 * which all rows share: exact for the vector, given that later columns can still make up for it.
 *
 * <p>Source: GPTVQ (arXiv 2402.15319), which takes the diagonal of the inverse Hessian here; the
 * whole block of the factor is ours.
 */
final class VectorSweep {
  /** Columns whose corrections of the rest are applied together. */
  private static final int BLOCK = 16;

  private final float[] w;
  private final GptqFactor factor;
  private final double[][] lower;
  private final VectorGrid grid;
  private final int n;
  private final List<List<Run>> blocks = new ArrayList<>();
  private final byte[] chosen;
  private final double[] errors;

  /** Positions [lo, hi) of one vector's columns. */
  private record Run(int lo, int hi, int vector) {
    int width() {
      return hi - lo;
    }
  }

  /**
   * @throws IllegalArgumentException when the factor's order tears vectors apart
   */
  VectorSweep(float[] w, GptqFactor factor, VectorGrid grid) {
    this.w = w;
    this.factor = factor;
    this.lower = factor.lower();
    this.grid = grid;
    this.n = factor.size();
    this.chosen = new byte[grid.rows() * grid.vectors()];
    this.errors = new double[grid.rows()];
    int length = grid.table().length();
    int filled = BLOCK;
    for (int hi = n; hi > 0; ) {
      int vector = factor.column(hi - 1) / length;
      int width = Math.min(length, n - vector * length);
      for (int i = 0; i < width; i++) {
        if (hi - 1 - i < 0 || factor.column(hi - 1 - i) != vector * length + i) {
          throw new IllegalArgumentException(
              "column %d is not solved together with its vector".formatted(vector * length + i));
        }
      }
      if (filled >= BLOCK) {
        blocks.add(new ArrayList<>());
        filled = 0;
      }
      blocks.get(blocks.size() - 1).add(new Run(hi - width, hi, vector));
      filled += width;
      hi -= width;
    }
  }

  QuantizedWeight weight() {
    return grid.spread(chosen);
  }

  /** (w−q) H (w−q)ᵀ of each row. */
  double[] errors() {
    return errors;
  }

  RowChunk solve(RowChunk chunk) {
    int rows = chunk.to() - chunk.from();
    double[][] acc = new double[rows][n];
    float[] scratch = new float[grid.table().size()];
    for (List<Run> block : blocks) {
      int hi = block.get(0).hi();
      int lo = block.get(block.size() - 1).lo();
      double[][] rest = new double[rows][hi - lo];
      for (Run run : block) {
        double unit = lower[run.hi() - 1][run.hi() - 1];
        NearestVector nearest = transformed(run, unit);
        for (int r = 0; r < rows; r++) {
          choose(chunk.from() + r, acc[r], rest[r], lo, run, nearest, unit, scratch);
        }
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

  /** Codewords times the run's block of R, over {@code unit} so that squares stay in range. */
  private NearestVector transformed(Run run, double unit) {
    VectorCodebook table = grid.table();
    float[][] coordinates = new float[run.width()][table.size()];
    for (int p = run.lo(); p < run.hi(); p++) {
      for (int k = 0; k < table.size(); k++) {
        double sum = 0;
        for (int other = p; other < run.hi(); other++) {
          sum += table.at(k, run.hi() - 1 - other) * lower[other][p];
        }
        coordinates[p - run.lo()][k] = (float) (sum / unit);
      }
    }
    return new NearestVector(coordinates);
  }

  private void choose(
      int row,
      double[] acc,
      double[] rest,
      int lo,
      Run run,
      NearestVector nearest,
      double unit,
      float[] scratch) {
    double scale = grid.rowScales()[row];
    int at = row * n + run.vector() * grid.table().length();
    float[] target = new float[run.width()];
    for (int p = run.lo(); p < run.hi(); p++) {
      double sum = acc[p];
      for (int other = p; other < run.hi(); other++) {
        sum += w[at + run.hi() - 1 - other] * lower[other][p];
      }
      target[p - run.lo()] = (float) (sum / (unit * scale));
    }
    int code = nearest.of(target, 0, scratch);
    chosen[row * grid.vectors() + run.vector()] = (byte) code;
    double error = 0;
    for (int p = run.hi() - 1; p >= run.lo(); p--) {
      int entry = run.hi() - 1 - p;
      double d = w[at + entry] - scale * grid.table().at(code, entry);
      rest[p - lo] = d;
      RowUpdate.one(acc, lower[p], lo, p + 1, d);
      if (!factor.isDead(factor.column(p))) {
        error += acc[p] * acc[p] - factor.lambda() * d * d;
      }
    }
    errors[row] += error;
  }
}
