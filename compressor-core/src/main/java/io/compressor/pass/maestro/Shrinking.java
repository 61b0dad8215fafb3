package io.compressor.pass.maestro;

import io.compressor.solver.lowrank.GroupLasso;
import io.compressor.train.Optimizer;
import io.compressor.train.Trainer;
import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * An optimizer followed by the proximal step of the hierarchical group lasso. Norms are known once
 * a step is whole, so the shrinking shows with the next one.
 */
final class Shrinking implements Optimizer {
  private final Optimizer inner;
  private final int rank;
  private final int stride;
  private final double lambda;
  private final double[][] squares;
  private final double[] factor;

  private Shrinking(Optimizer inner, int elements, int rank, int stride, double lambda) {
    this.inner = inner;
    this.rank = rank;
    this.stride = stride;
    this.lambda = lambda;
    this.squares = new double[(elements + Trainer.PART - 1) / Trainer.PART][rank];
    this.factor = new double[rank];
    java.util.Arrays.fill(factor, 1);
  }

  /**
   * @param rank components
   * @param stride neighbouring elements that belong to one component: element i belongs to (i /
   *     stride) mod rank
   * @param lambda times the learning rate is what a suffix's norm loses in a step
   */
  static Optimizer.Factory around(Optimizer.Factory inner, int rank, int stride, double lambda) {
    return lambda == 0 ? inner : n -> new Shrinking(inner.of(n), n, rank, stride, lambda);
  }

  @Override
  public void update(
      float[] values, float[] gradients, int from, int count, double rate, int step) {
    for (int i = 0; i < count; i++) {
      values[i] *= (float) factor[(from + i) / stride % rank];
    }
    inner.update(values, gradients, from, count, rate, step);
    double[] sums = squares[from / Trainer.PART];
    java.util.Arrays.fill(sums, 0);
    for (int i = 0; i < count; i++) {
      sums[(from + i) / stride % rank] += (double) values[i] * values[i];
    }
  }

  @Override
  public void finish(double rate, int step) {
    inner.finish(rate, step);
    double[] sum = new double[rank];
    for (double[] part : squares) {
      for (int k = 0; k < rank; k++) {
        sum[k] += part[k];
      }
    }
    System.arraycopy(GroupLasso.shrinkage(sum, lambda * rate), 0, factor, 0, rank);
  }

  @Override
  public List<Buffer> state() {
    List<Buffer> all = new ArrayList<>(inner.state());
    all.add(DoubleBuffer.wrap(factor));
    return all;
  }
}
