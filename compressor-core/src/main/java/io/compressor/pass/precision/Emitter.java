package io.compressor.pass.precision;

import io.compressor.graph.Skipped;
import io.compressor.ir.Model;
import io.compressor.pass.PassOutcome;
import io.compressor.pass.PassScope;
import io.compressor.pass.weights.WholeModel;
import io.compressor.statistics.ActivationStatistics;
import java.util.List;

/** Writes configurations by the ordinary machinery of quantizing passes. */
record Emitter(
    WholeModel whole, PassScope scope, ActivationStatistics statistics, Choices choices) {
  Model model(int[] levels) {
    return outcome(levels, List.of(), List.of()).model();
  }

  PassOutcome outcome(int[] levels, List<Skipped> left, List<String> warnings) {
    WholeModel.Solved solved =
        new WholeModel.Solved(choices.assignment(levels, left), choices.at(levels));
    return whole.write(scope, solved, statistics, WholeModel.biases(scope, solved), warnings);
  }
}
