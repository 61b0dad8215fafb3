package io.compressor.pass.joint;

import io.compressor.formats.data.Dataset;
import io.compressor.ir.Model;
import io.compressor.pass.PassScope;
import io.compressor.pass.weights.budget.OutputLoss;
import io.compressor.pass.weights.budget.Split;
import io.compressor.recipe.JointOptions;
import io.compressor.runtime.SessionSettings;
import io.compressor.sensitivity.Distance;
import io.compressor.sensitivity.Reference;

/**
 * Samples that options are measured on.
 *
 * @param batched for simulation
 * @param single as requests come, for models as written: padding would change the ranges that
 *     activations are rounded in
 */
record Sample(Reference batched, Reference single, Distance distance, int size) {
  private static final int BATCH = 16;

  static Sample of(PassScope scope, JointOptions options) {
    Dataset all = scope.calibration().orElseThrow();
    Dataset data = Split.spread(all, options.samples());
    Distance distance = OutputLoss.of(options.loss(), data, scope);
    SessionSettings settings = SessionSettings.withThreads(scope.engine().parallelism());
    Model model = scope.model();
    Reference batched = Reference.of(model, data, BATCH, distance, settings);
    Reference single =
        all.length(0) >= 0 ? Reference.of(model, data, 1, distance, settings) : batched;
    return new Sample(batched, single, distance, data.size());
  }

  /** What losses are. */
  String words() {
    return OutputLoss.words(distance);
  }
}
