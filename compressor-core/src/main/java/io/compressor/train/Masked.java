package io.compressor.train;

import java.nio.Buffer;
import java.util.List;

/** Another optimizer, some of whose values stay 0 whatever their gradient. */
final class Masked implements Optimizer {
  private final boolean[] free;
  private final Optimizer inner;

  Masked(boolean[] free, Optimizer inner) {
    this.free = free;
    this.inner = inner;
  }

  @Override
  public void update(
      float[] values, float[] gradients, int from, int count, double rate, int step) {
    for (int i = 0; i < count; i++) {
      gradients[i] = free[from + i] ? gradients[i] : 0; // nor shall momentum gather
    }
    inner.update(values, gradients, from, count, rate, step);
    for (int i = 0; i < count; i++) {
      values[i] = free[from + i] ? values[i] : 0;
    }
  }

  @Override
  public void finish(double rate, int step) {
    inner.finish(rate, step);
  }

  @Override
  public List<Buffer> state() {
    return inner.state();
  }
}
