package io.compressor.pass.prune;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.Dataset;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.PassScope;
import io.compressor.pass.weights.learn.LabelLessons;
import io.compressor.recipe.PruneOptions;
import io.compressor.train.Variable;
import io.compressor.train.task.Training;
import java.util.List;
import java.util.Map;

/** Learning from the labels of the calibration data; statistics of norms stay what they are. */
final class LabelLearning {
  private LabelLearning() {}

  /**
   * @throws CompressorException DATA when the data has no labels
   */
  static void require(PruneOptions options, PassScope scope) {
    boolean wanted =
        options.distillSteps() > 0 && options.objective() == PruneOptions.Objective.LABELS;
    if (wanted && scope.calibration().flatMap(Dataset::labels).isEmpty()) {
      throw new CompressorException(
          ErrorCode.DATA,
          "calibration",
          "objective: labels needs a label for each sample, and the data has none",
          "name the column 'label' (int64), or learn from the original with objective: distill");
    }
  }

  /**
   * @param model with its constants as they are now
   * @param notes receives what came of it
   * @return constants of the best look, by name
   */
  static Map<String, Tensor> learn(
      PassScope scope,
      PruneOptions options,
      Model model,
      List<Variable> variables,
      int steps,
      long seed,
      List<String> notes) {
    Training.Outcome outcome =
        LabelLessons.learn(scope, model, variables, options.batch(), steps, seed);
    notes.add(
        "prune: %d steps took the held-out loss on labels from %.3g to %.3g"
            .formatted(
                steps, outcome.curve().get(0).heldOutLoss(), outcome.bestPoint().heldOutLoss()));
    return outcome.values();
  }
}
