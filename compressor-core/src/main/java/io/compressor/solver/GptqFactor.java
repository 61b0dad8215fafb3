package io.compressor.solver;

import io.compressor.engine.Engine;
import io.compressor.solver.GptqOptions.ColumnOrder;
import io.compressor.solver.GptqResult.Status;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * H + λI = R Rᵀ with R upper triangular in the order of quantization, ready for {@link GptqSolver}.
 * Layers that read the same input (query, key, value) share one.
 *
 * <p>R is kept back to front: position p = n−1−t stands for the column quantized t-th, and L[p][p']
 * = R[t'][t] is an ordinary lower Cholesky factor. Memory: n(n+1)/2 doubles beside H itself.
 *
 * <p>Source: GPTQ {@code fasterquant}, steps 1 to 4. Deviations: damping grows by 10 from a fresh
 * copy of H up to 1 (RSQ adds on top of a damaged one and ignores failure); a dead column takes the
 * mean of the live diagonal, not 1, so that results do not depend on the scale of H.
 */
public final class GptqFactor {
  private static final double MOST_DAMPING = 1;
  private static final double LEAST_RETRY = 1e-4;

  private final double[][] factor;
  private final int[] columns;
  private final boolean[] dead;
  private final Status status;
  private final double damping;
  private final double lambda;

  private GptqFactor(
      double[][] factor,
      int[] columns,
      boolean[] dead,
      Status status,
      double damping,
      double lambda) {
    this.factor = factor;
    this.columns = columns;
    this.dead = dead;
    this.status = status;
    this.damping = damping;
    this.lambda = lambda;
  }

  /** Factors H; never fails, see {@link #status()}. */
  public static GptqFactor of(Hessian h, GptqOptions options, Engine engine) {
    return of(h, options, 1, engine);
  }

  /**
   * As {@link #of(Hessian, GptqOptions, Engine)}, with columns ordered in runs.
   *
   * @param run consecutive columns that stay together, as a {@link VectorGrid} wants; the last run
   *     may be short
   */
  public static GptqFactor of(Hessian h, GptqOptions options, int run, Engine engine) {
    int n = h.size();
    double[] diagonal = h.diagonal();
    boolean[] dead = new boolean[n];
    double sum = 0;
    int live = 0;
    for (int j = 0; j < n; j++) {
      dead[j] = diagonal[j] == 0;
      sum += diagonal[j];
      live += dead[j] ? 0 : 1;
    }
    double mean = live == 0 ? 0 : sum / live;
    int[] columns = order(diagonal, options.order(), run);
    if (mean > 0 && Double.isFinite(mean)) {
      for (double part = options.damping();
          part <= MOST_DAMPING;
          part = Math.max(part * 10, LEAST_RETRY)) {
        double[][] a = gather(h, columns, dead, mean, part * mean);
        if (Cholesky.factor(a, engine)) {
          Status status = part == options.damping() ? Status.SOLVED : Status.MORE_DAMPING;
          return new GptqFactor(a, columns, dead, status, part, part * mean);
        }
      }
    }
    return new GptqFactor(new double[0][], columns, dead, Status.FELL_BACK, 0, 0);
  }

  /** Column of W at each position: the last position is quantized first. */
  private static int[] order(double[] diagonal, ColumnOrder order, int run) {
    int n = diagonal.length;
    double[] importance = new double[(n + run - 1) / run];
    for (int j = 0; j < n; j++) {
      importance[j / run] += diagonal[j];
    }
    IntStream natural = IntStream.range(0, importance.length);
    IntStream runs =
        order == ColumnOrder.NATURAL
            ? natural
            : natural
                .boxed()
                .sorted(Comparator.comparingDouble((Integer j) -> -importance[j]))
                .mapToInt(j -> j);
    int[] first = runs.flatMap(r -> IntStream.range(r * run, Math.min(n, (r + 1) * run))).toArray();
    int[] positions = new int[n];
    Arrays.setAll(positions, p -> first[n - 1 - p]);
    return positions;
  }

  private static double[][] gather(
      Hessian h, int[] columns, boolean[] dead, double deadDiagonal, double lambda) {
    double[][] a = new double[columns.length][];
    for (int p = 0; p < a.length; p++) {
      double[] row = new double[p + 1];
      if (dead[columns[p]]) {
        row[p] = deadDiagonal + lambda;
      } else {
        for (int k = 0; k <= p; k++) {
          row[k] = dead[columns[k]] ? 0 : h.at(columns[p], columns[k]);
        }
        row[p] += lambda;
      }
      a[p] = row;
    }
    return a;
  }

  public int size() {
    return columns.length;
  }

  public Status status() {
    return status;
  }

  /** Relative damping in use. */
  public double damping() {
    return damping;
  }

  /** Inputs with H_jj = 0, ascending. */
  public int[] deadColumns() {
    return IntStream.range(0, dead.length).filter(j -> dead[j]).toArray();
  }

  double lambda() {
    return lambda;
  }

  double[][] lower() {
    return factor;
  }

  int column(int position) {
    return columns[position];
  }

  boolean isDead(int column) {
    return dead[column];
  }
}
