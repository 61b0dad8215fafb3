package io.compressor.pass.weights.learn;

import io.compressor.formats.file.ContentHash;
import io.compressor.ir.Model;
import io.compressor.pass.PassScope;
import io.compressor.train.Schedule;
import io.compressor.train.Variable;
import io.compressor.train.task.Batches;
import io.compressor.train.task.Lesson;
import io.compressor.train.task.Objective;
import io.compressor.train.task.Training;
import io.compressor.train.task.TrainingForm;
import io.compressor.train.task.TrainingOptions;
import java.util.List;

/**
 * A compressed model learns from the labels of the calibration data; norms keep their statistics.
 */
public final class LabelLessons {
  private static final int LOOKS = 6;

  private LabelLessons() {}

  /**
   * @param model whose first output holds the logits
   * @param variables constants of the model
   * @throws io.compressor.error.CompressorException DATA when the data has no labels
   */
  public static Training.Outcome learn(
      PassScope scope, Model model, List<Variable> variables, int batch, int steps, long seed) {
    Batches batches =
        Batches.of(
            scope.calibration().orElseThrow(),
            Batches.Plan.of(batch, seed).labelled(Objective.LABELS));
    String logits = model.graph().outputs().get(0).name();
    TrainingOptions plain = TrainingOptions.of(steps, Schedule.linear(), LOOKS);
    TrainingOptions options =
        scope
            .files()
            .checkpoint(name(variables, batch, steps, seed))
            .map(plain::checkpointing)
            .orElse(plain);
    return new Training(model, batches, options, scope.engine(), scope.progress())
        .run(Lesson.of(TrainingForm.frozen(model), variables, Objective.labels(logits)));
  }

  /** Two lessons of one recipe have a file each. */
  private static String name(List<Variable> variables, int batch, int steps, long seed) {
    StringBuilder start = new StringBuilder(batch + " " + steps + " " + seed);
    for (Variable v : variables) {
      start.append(v.name()).append(v.rate()).append(ContentHash.of(v.initial().data()));
    }
    return "labels-%s".formatted(ContentHash.of(start.toString()).substring(0, 16));
  }
}
