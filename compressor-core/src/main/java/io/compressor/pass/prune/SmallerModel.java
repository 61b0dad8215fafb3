package io.compressor.pass.prune;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.PassScope;
import io.compressor.pass.weights.learn.Distillation;
import io.compressor.pass.weights.learn.Distilled;
import io.compressor.pass.weights.learn.LearntConstants;
import io.compressor.recipe.PruneOptions;
import io.compressor.train.Optimizer;
import io.compressor.train.RootMeanSquare;
import io.compressor.train.Schedule;
import io.compressor.train.Trainer;
import io.compressor.train.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A model with fewer channels learns to make what the original makes. */
final class SmallerModel {
  private static final int CHECKS = 6;

  private final PassScope scope;
  private final PruneOptions options;
  private final long seed;
  private final List<String> notes = new ArrayList<>();

  SmallerModel(PassScope scope, PruneOptions options, long seed) {
    this.scope = scope;
    this.options = options;
    this.seed = seed;
  }

  List<String> notes() {
    return List.copyOf(notes);
  }

  Model learn(Model smaller) {
    List<Tensor> weights =
        ChannelPruning.learning(smaller).stream()
            .map(Site::weight)
            .filter(t -> t.type() == ElementType.FLOAT)
            .toList();
    LearntConstants vectors = LearntConstants.of(new GraphIndex(smaller), Map.of());
    List<Variable> variables = new ArrayList<>(vectors.variables(options.learningRate()));
    for (Tensor w : weights) {
      variables.add(
          new Variable(
              w, Optimizer.adamW(0), options.learningRate() * RootMeanSquare.of(w.toFloats())));
    }
    Map<String, Tensor> best =
        options.objective() == PruneOptions.Objective.LABELS
            ? LabelLearning.learn(
                scope, options, smaller, variables, options.distillSteps(), seed, notes)
            : fromOriginal(smaller, variables, weights, vectors);
    GraphEditor editor = new GraphEditor(smaller);
    best.forEach(
        (name, tensor) -> {
          if (editor.initializer(name).isPresent()) {
            editor.setInitializer(name, tensor);
          }
        });
    return editor.build();
  }

  private Map<String, Tensor> fromOriginal(
      Model smaller, List<Variable> variables, List<Tensor> weights, LearntConstants vectors) {
    Map<String, Tensor> best = new LinkedHashMap<>();
    Distillation.Options how =
        new Distillation.Options(options.distillSteps(), options.batch(), CHECKS, seed);
    Distilled outcome =
        new Distillation(scope, "prune, whole channels", how)
            .run(
                scope.model(),
                smaller,
                (model, loss) -> Trainer.open(model, loss, variables, Map.of(), scope.engine()),
                Schedule.linear(),
                learner -> {
                  weights.forEach(
                      w ->
                          best.put(
                              w.name(),
                              Tensor.ofFloats(w.name(), w.dims(), learner.values(w.name()))));
                  vectors.keep(learner);
                });
    best.putAll(vectors.result());
    notes.add("prune: %d steps %s".formatted(options.distillSteps(), outcome.words()));
    return best;
  }
}
