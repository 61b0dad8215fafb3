package io.compressor.pass.prune;

import io.compressor.ir.Model;
import io.compressor.solver.prune.Ranking;
import java.util.List;

/** One layer with fewer weights: which go, and what becomes of the others. */
interface Saliency {
  /**
   * The layer's weights, in stored order, with so many zeros.
   *
   * @param zeros at least as many as there are already
   */
  float[] pruned(int zeros);

  /** Smallest first; the others stay what they are. */
  static Saliency magnitude(PrunedWeight weight) {
    Ranking ranking = Ranking.ofMagnitudes(weight.values(), weight.kept());
    return zeros -> {
      boolean[] kept = ranking.kept(zeros);
      float[] pruned = weight.values().clone();
      for (int i = 0; i < pruned.length; i++) {
        pruned[i] = kept[i] ? pruned[i] : 0;
      }
      return pruned;
    };
  }

  /** How layers are pruned in one run of the pass. */
  interface Factory {
    /** Called before each round's first layer. */
    default void begin(Model model, List<PrunedWeight> weights) {}

    Saliency of(PrunedWeight weight);
  }
}
