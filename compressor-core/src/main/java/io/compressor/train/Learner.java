package io.compressor.train;

import io.compressor.ir.Tensor;
import java.util.List;
import java.util.Map;

/** Something that makes the loss of a model smaller, batch by batch. */
public interface Learner extends AutoCloseable {
  /**
   * One step.
   *
   * @param feeds the batch
   * @param factor of all learning rates, from the {@link Schedule}
   * @return the loss before the step; not finite when the step was left out
   * @throws io.compressor.error.CompressorException RUNTIME when ten steps in a row were left out
   */
  double step(Map<String, Tensor> feeds, double factor);

  /**
   * One step on a batch that comes in parts, which count the same.
   *
   * @return the mean loss of the parts before the step
   */
  default double step(List<Map<String, Tensor>> parts, double factor) {
    if (parts.size() != 1) {
      throw new IllegalArgumentException("a batch in " + parts.size() + " parts");
    }
    return step(parts.get(0), factor);
  }

  /** The mean loss of parts of a batch at the present values. */
  default double loss(List<Map<String, Tensor>> parts) {
    return parts.stream().mapToDouble(this::loss).sum() / parts.size();
  }

  /** The loss of a batch at the present values. */
  double loss(Map<String, Tensor> feeds);

  /** How many steps were left out because something was not finite. */
  int failures();

  /** The present values of a variable, row-major; a copy. */
  float[] values(String variable);

  /** All that the next steps depend on besides what they are fed; a copy. */
  TrainerState state();

  /**
   * Goes on from a state of a learner that was made like this one.
   *
   * @throws IllegalArgumentException when the state is another learner's
   */
  void restore(TrainerState state);

  @Override
  void close();
}
