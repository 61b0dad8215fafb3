package io.compressor.autodiff;

import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Gradients collected so far, by the value they belong to. */
final class Adjoints {
  private final Tape tape;
  private final Set<String> active;
  private final Function<String, Optional<Tensor>> constants;
  private final Map<String, List<String>> parts = new HashMap<>();

  /**
   * @param active values that a parameter reaches
   * @param constants of the model, known before the run
   */
  Adjoints(Tape tape, Set<String> active, Function<String, Optional<Tensor>> constants) {
    this.tape = tape;
    this.active = active;
    this.constants = constants;
  }

  boolean wants(String value) {
    return active.contains(value);
  }

  boolean has(String value) {
    return parts.containsKey(value);
  }

  Optional<Tensor> constant(String value) {
    return constants.apply(value);
  }

  void add(String value, String gradient) {
    parts.computeIfAbsent(value, v -> new ArrayList<>()).add(gradient);
  }

  /** The sum of what was given; emitted once. */
  Optional<String> of(String value) {
    List<String> given = parts.get(value);
    if (given == null) {
      return Optional.empty();
    }
    if (given.size() > 1) {
      String sum =
          given.size() == 2 ? tape.add(given.get(0), given.get(1)) : tape.node("Sum", given);
      given.clear();
      given.add(sum);
    }
    return Optional.of(given.get(0));
  }
}
