package io.compressor.pass.prune;

import io.compressor.solver.prune.Ranking;

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
    Saliency of(PrunedWeight weight);
  }
}
