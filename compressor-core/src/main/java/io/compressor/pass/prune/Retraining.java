package io.compressor.pass.prune;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.PassScope;
import io.compressor.pass.weights.learn.Distillation;
import io.compressor.pass.weights.learn.Distilled;
import io.compressor.pass.weights.learn.LearntConstants;
import io.compressor.recipe.PruneOptions;
import io.compressor.train.Optimizer;
import io.compressor.train.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is left of a pruned model learns to make what the original makes after each block. Masks are
 * kept: what is 0 stays 0. Biases and norm gains learn too.
 */
final class Retraining {
  private static final int CHECKS = 6;

  private final PassScope scope;
  private final PruneOptions options;
  private final long seed;
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  Retraining(PassScope scope, PruneOptions options, long seed) {
    this.scope = scope;
    this.options = options;
    this.seed = seed;
  }

  /** What learning did, for the report. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  /** Biases and gains as they are now, in a model that has them. */
  Model applied(Model model) {
    if (constants.isEmpty()) {
      return model;
    }
    GraphEditor editor = new GraphEditor(model);
    constants.forEach(editor::setInitializer);
    return editor.build();
  }

  /**
   * @param round from 0
   * @return the weights as they are after it
   */
  List<PrunedWeight> learn(List<PrunedWeight> weights, int round) {
    int steps = steps(round);
    if (steps == 0) {
      return weights;
    }
    Map<String, Tensor> replaced = new LinkedHashMap<>(constants);
    List<Variable> variables = new ArrayList<>();
    for (PrunedWeight weight : weights) {
      replaced.put(weight.name(), weight.tensor());
      if (weight.zeros() < weight.size()) {
        variables.add(
            new Variable(
                weight.tensor(),
                Optimizer.masked(weight.kept(), Optimizer.adamW(0)),
                options.learningRate() * rms(weight)));
      }
    }
    LearntConstants vectors =
        LearntConstants.of(new GraphIndex(scope.model()), Map.copyOf(constants));
    variables.addAll(vectors.variables(options.learningRate()));
    if (options.objective() == PruneOptions.Objective.LABELS) {
      return fromLabels(weights, variables, steps, round);
    }
    Map<String, float[]> best = new LinkedHashMap<>();
    Distillation.Options how =
        new Distillation.Options(steps, options.batch(), CHECKS, seed + round);
    Distilled outcome =
        new Distillation(scope, "prune, round " + round, how)
            .run(
                scope.model(),
                List.of(),
                replaced,
                variables,
                learner -> {
                  weights.stream()
                      .filter(w -> w.zeros() < w.size())
                      .forEach(w -> best.put(w.name(), learner.values(w.name())));
                  vectors.keep(learner);
                });
    constants.putAll(vectors.result());
    notes.add("prune, round %d: %d steps %s".formatted(round + 1, steps, outcome.words()));
    return weights.stream().map(w -> w.with(best.getOrDefault(w.name(), w.values()))).toList();
  }

  private List<PrunedWeight> fromLabels(
      List<PrunedWeight> weights, List<Variable> variables, int steps, int round) {
    Model now = Distortions.with(applied(scope.model()), weights);
    Map<String, Tensor> learnt =
        LabelLearning.learn(scope, options, now, variables, steps, seed + round, notes);
    Map<String, Tensor> others = new LinkedHashMap<>(learnt);
    weights.forEach(w -> others.remove(w.name()));
    others.keySet().retainAll(scope.model().graph().initializers().keySet());
    constants.putAll(others);
    return weights.stream()
        .map(w -> learnt.containsKey(w.name()) ? w.with(values(learnt, w)) : w)
        .toList();
  }

  private static float[] values(Map<String, Tensor> learnt, PrunedWeight weight) {
    return java.util.Objects.requireNonNull(learnt.get(weight.name())).toFloats();
  }

  private int steps(int round) {
    long before = (long) options.distillSteps() * round / options.rounds();
    long after = (long) options.distillSteps() * (round + 1) / options.rounds();
    return (int) (after - before);
  }

  /** Of the weights that are left. */
  private static double rms(PrunedWeight weight) {
    double sum = 0;
    int count = 0;
    for (float v : weight.values()) {
      sum += (double) v * v;
      count += v != 0 ? 1 : 0;
    }
    return Math.sqrt(sum / Math.max(1, count));
  }
}
