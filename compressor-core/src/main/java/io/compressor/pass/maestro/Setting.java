package io.compressor.pass.maestro;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.PassScope;
import io.compressor.pass.weights.learn.Distillation;
import io.compressor.pass.weights.learn.Distilled;
import io.compressor.pass.weights.learn.LearntConstants;
import io.compressor.recipe.MaestroOptions;
import io.compressor.train.Trainer;
import io.compressor.train.Variable;
import io.compressor.train.task.Training;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What both phases of learning stand on. */
final class Setting {
  private static final int CHECKS = 6;

  /** Biases and gains move by this share of what factors move by. */
  private static final double CONSTANT_RATE = 0.2;

  private final MaestroOptions options;
  private final long seed;
  private final PassScope scope;
  private final RankGoal goal;
  private final List<String> notes = new ArrayList<>();

  Setting(MaestroOptions options, long seed, PassScope scope, RankGoal goal) {
    this.options = options;
    this.seed = seed;
    this.scope = scope;
    this.goal = goal;
  }

  MaestroOptions options() {
    return options;
  }

  long seed() {
    return seed;
  }

  PassScope scope() {
    return scope;
  }

  RankGoal goal() {
    return goal;
  }

  /** For the report, in the order in which things happen; phases add to it. */
  List<String> notes() {
    return notes;
  }

  double rate() {
    return options.learningRate();
  }

  Trainer trainer(Model model, String loss, List<Variable> variables) {
    return Trainer.open(model, loss, variables, Map.of(), scope.engine());
  }

  /**
   * @param phase names it
   * @param order seed of the order of samples
   */
  Distillation distillation(String phase, int steps, long order) {
    return new Distillation(
        scope, phase, new Distillation.Options(steps, options.batch(), CHECKS, order));
  }

  /** Biases and gains, beginning at {@code now} where something was learnt already. */
  LearntConstants vectors(Map<String, Tensor> now) {
    return options.constants()
        ? LearntConstants.of(new GraphIndex(scope.model()), now)
        : LearntConstants.none();
  }

  /** The biases and gains that learn; callers add their factors. */
  List<Variable> variables(LearntConstants vectors) {
    return new ArrayList<>(vectors.variables(rate() * CONSTANT_RATE));
  }

  Model withConstants(Map<String, Tensor> constants) {
    GraphEditor editor = new GraphEditor(scope.model());
    constants.forEach(editor::setInitializer);
    return editor.build();
  }

  void note(int steps, Training.Outcome outcome) {
    notes.add(
        "the cut model: %d steps took the held-out samples from %s to %s"
            .formatted(steps, outcome.curve().get(0), outcome.bestPoint()));
  }

  void note(String what, int steps, Distilled outcome) {
    notes.add("%s: %d steps %s".formatted(what, steps, outcome.words()));
  }
}
