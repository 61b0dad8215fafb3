package io.compressor.pass.prune;

import io.compressor.engine.Engine;
import io.compressor.graph.WeightLayout;
import io.compressor.pass.weights.InputMoments;
import io.compressor.solver.GptqFactor;
import io.compressor.solver.GptqOptions;
import io.compressor.solver.GptqResult;
import io.compressor.solver.SparseGpt;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.Moments;
import java.util.Optional;

/**
 * SparseGPT on the inputs that the layer sees; magnitude where there are no moments of them, as for
 * grouped convolutions.
 */
record Reconstruction(ActivationStatistics statistics, Engine engine) implements Saliency.Factory {
  @Override
  public Saliency of(PrunedWeight weight) {
    Optional<Moments> moments = InputMoments.of(weight.site(), statistics);
    if (moments.isEmpty()) {
      return Saliency.magnitude(weight);
    }
    GptqFactor factor = GptqFactor.of(moments.get().hessian(), GptqOptions.PUBLISHED, engine);
    if (factor.status() == GptqResult.Status.FELL_BACK) {
      return Saliency.magnitude(weight);
    }
    WeightLayout layout = weight.site().layout();
    float[] w = layout.toMatrix(weight.values());
    boolean[] kept = new boolean[w.length];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = w[i] != 0;
    }
    return zeros -> layout.toStored(SparseGpt.prune(w, kept, factor, zeros, engine));
  }
}
