package io.compressor.pass.weights.learn;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.VectorRole;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.train.Learner;
import io.compressor.train.Optimizer;
import io.compressor.train.RootMeanSquare;
import io.compressor.train.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** Biases and norm gains: float vectors that are added or multiplied. */
public final class LearntConstants {
  private final Map<String, Tensor> initial = new LinkedHashMap<>();
  private final Map<String, Tensor> best = new LinkedHashMap<>();

  private LearntConstants() {}

  /** None at all. */
  public static LearntConstants none() {
    return new LearntConstants();
  }

  /**
   * @param now constants that have changed already, as biases by their corrections
   */
  public static LearntConstants of(GraphIndex index, Map<String, Tensor> now) {
    return of(index, now, name -> true);
  }

  /**
   * @param which names of those that are to learn
   */
  public static LearntConstants of(
      GraphIndex index, Map<String, Tensor> now, Predicate<String> which) {
    LearntConstants found = new LearntConstants();
    index
        .model()
        .graph()
        .initializers()
        .forEach(
            (name, tensor) -> {
              if (tensor.type() == ElementType.FLOAT
                  && which.test(name)
                  && tensor.rank() == 1
                  && tensor.elements() > 1
                  && VectorRole.of(index, name).isPresent()) {
                found.initial.put(name, now.getOrDefault(name, tensor));
              }
            });
    return found;
  }

  /**
   * @param rate share of a vector's root mean square that it may move by in the first step
   */
  public List<Variable> variables(double rate) {
    List<Variable> all = new ArrayList<>();
    initial
        .values()
        .forEach(
            t ->
                all.add(
                    new Variable(
                        t, Optimizer.adamW(0), rate * (RootMeanSquare.of(t.toFloats()) + 1e-4))));
    return all;
  }

  /** Takes over what was learnt so far. */
  public void keep(Learner trainer) {
    keep(trainer::values);
  }

  /** As above, from values by name, row-major. */
  public void keep(Function<String, float[]> values) {
    initial.forEach(
        (name, t) -> best.put(name, Tensor.ofFloats(name, t.dims(), values.apply(name))));
  }

  /** The best values by name. */
  public Map<String, Tensor> result() {
    return java.util.Collections.unmodifiableMap(best);
  }
}
