package io.compressor.train;

import java.nio.Buffer;
import java.util.List;

/** How a parameter moves along its gradient. One instance belongs to one parameter. */
public interface Optimizer {
  /** Makes the state for a parameter of so many elements. */
  interface Factory {
    Optimizer of(int elements);
  }

  /**
   * One step over a part of the parameter. Parts of one step may come from several threads.
   *
   * @param values updated in place
   * @param gradients of the loss
   * @param from index of the part's first element in the parameter
   * @param count elements in the part
   * @param rate learning rate of this step
   * @param step counted from 1
   */
  void update(float[] values, float[] gradients, int from, int count, double rate, int step);

  /**
   * Called once after all parts of a step, for what depends on the whole gradient.
   *
   * @param rate learning rate of this step
   */
  default void finish(double rate, int step) {}

  /**
   * All that it remembers from one whole step to the next, as live views of its arrays (bytes,
   * floats or doubles): their content written into another instance of the same size makes that one
   * go on in the same way. Empty when it remembers nothing.
   */
  default List<Buffer> state() {
    return List.of();
  }

  /** Plain gradient descent on the sign of the gradient; needs no state (as AutoRound does). */
  static Factory sign() {
    return n ->
        (values, gradients, from, count, rate, step) -> {
          float by = (float) rate;
          for (int i = 0; i < count; i++) {
            values[i] -= by * Math.signum(gradients[i]);
          }
        };
  }

  /** Stochastic gradient descent with momentum (Polyak) and decoupled weight decay. */
  static Factory sgd(double momentum, double decay) {
    return n -> new Sgd(n, (float) momentum, (float) decay);
  }

  /** AdamW with the published betas .9 and .999 (Loshchilov and Hutter, arXiv 1711.05101). */
  static Factory adamW(double decay) {
    return n -> new AdamW(n, 0.9f, 0.999f, 1e-8f, (float) decay);
  }

  /** Wraps another one and keeps values in [low, high]. */
  static Factory within(float low, float high, Factory inner) {
    if (!(low < high)) {
      throw new IllegalArgumentException("empty range");
    }
    return n -> {
      Optimizer one = inner.of(n);
      return new Optimizer() {
        @Override
        public void update(
            float[] values, float[] gradients, int from, int count, double rate, int step) {
          one.update(values, gradients, from, count, rate, step);
          for (int i = 0; i < count; i++) {
            values[i] = Math.max(low, Math.min(high, values[i]));
          }
        }

        @Override
        public List<Buffer> state() {
          return one.state();
        }
      };
    };
  }

  /**
   * Wraps another one and holds some values at exactly 0, as pruning needs it.
   *
   * @param free false for those that are held; as long as the parameter
   */
  static Factory masked(boolean[] free, Factory inner) {
    return n -> new Masked(free, inner.of(n));
  }
}
