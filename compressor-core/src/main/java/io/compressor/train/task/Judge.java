package io.compressor.train.task;

import io.compressor.autodiff.LossModel;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Taps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Judges an inference form on held-out batches, in a session of its own. */
final class Judge {
  private final Objective objective;
  private final List<Map<String, Tensor>> batches;
  private final SessionSettings settings;

  /**
   * @param batches with labels and targets
   */
  Judge(Objective objective, List<Map<String, Tensor>> batches, SessionSettings settings) {
    this.objective = objective;
    this.batches = batches;
    this.settings = settings;
  }

  /** Loss and share of right labels, weighted by the sizes of the batches. */
  CurvePoint of(Model model, Map<String, Tensor> more, int step, double trainingLoss) {
    LossModel withLoss = objective.over(model);
    List<String> outputs =
        objective.labelled().map(l -> List.of(withLoss.loss(), l)).orElse(List.of(withLoss.loss()));
    double loss = 0;
    long right = 0;
    long samples = 0;
    Model judged = Taps.only(Taps.expose(withLoss.model(), outputs), outputs);
    try (RuntimeSession session = RuntimeSession.open(judged, settings)) {
      for (Map<String, Tensor> batch : batches) {
        Map<String, Tensor> feeds = new LinkedHashMap<>(batch);
        feeds.putAll(more);
        Map<String, Tensor> made = session.run(feeds);
        Tensor first = batch.values().iterator().next();
        long size = first.rank() == 0 ? 1 : first.dims()[0];
        loss += size * (double) get(made, withLoss.loss()).toFloats()[0];
        samples += size;
        right += objective.labelled().map(l -> right(get(made, l), batch)).orElse(0L);
      }
    }
    double accuracy = objective.labelled().isPresent() ? (double) right / samples : Double.NaN;
    return new CurvePoint(step, trainingLoss, loss / samples, accuracy);
  }

  private static long right(Tensor logits, Map<String, Tensor> batch) {
    long[] labels = get(batch, Objective.LABELS).toLongs();
    float[] scores = logits.toFloats();
    int classes = scores.length / labels.length;
    long right = 0;
    for (int i = 0; i < labels.length; i++) {
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = scores[i * classes + c] > scores[i * classes + best] ? c : best;
      }
      right += best == labels[i] ? 1 : 0;
    }
    return right;
  }

  private static Tensor get(Map<String, Tensor> from, String name) {
    return Objects.requireNonNull(from.get(name), name);
  }
}
