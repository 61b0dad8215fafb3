package io.compressor.train;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a {@link Trainer} stands: with the same batches, one that was set to this state goes on
 * with the same bits.
 *
 * @param step steps that changed something
 * @param failures steps left out because something was not finite
 * @param inARow those of them right before now
 * @param damping factor of the learning rates that failures brought about
 * @param variables by name
 */
public record TrainerState(
    int step, int failures, int inARow, double damping, Map<String, Moving> variables) {

  /**
   * A variable on its way.
   *
   * @param values row-major
   * @param remembered by its optimiser, see {@link Optimizer#state()}
   */
  public record Moving(float[] values, List<float[]> remembered) {
    public Moving {
      remembered = List.copyOf(remembered);
    }
  }

  public TrainerState {
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
  }

  Moving of(String variable) {
    Moving found = variables.get(variable);
    if (found == null) {
      throw new IllegalArgumentException("no state of '" + variable + "'");
    }
    return found;
  }

  void requireFits(Collection<String> names) {
    if (!variables.keySet().equals(new java.util.LinkedHashSet<>(names))) {
      throw new IllegalArgumentException(
          "a state of %s, the trainer has %s".formatted(variables.keySet(), names));
    }
  }
}
