package io.compressor.train.task;

import io.compressor.ir.Tensor;
import io.compressor.train.TrainerState;
import java.util.List;
import java.util.Map;

/**
 * Where a run stands at a look: what a checkpoint holds.
 *
 * @param step batches consumed
 * @param trainer everything that moves
 * @param curve all looks so far, the first before any step
 * @param best which look was the best
 * @param values constants of the inference form at the best look, statistics of norms included
 */
record Standing(
    int step, TrainerState trainer, List<CurvePoint> curve, int best, Map<String, Tensor> values) {
  Standing {
    curve = List.copyOf(curve);
    values = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(values));
  }

  CurvePoint bestPoint() {
    return curve.get(best);
  }
}
