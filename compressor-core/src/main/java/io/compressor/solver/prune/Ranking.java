package io.compressor.solver.prune;

import java.util.Arrays;

/** The weights of one layer in the order in which they go. Sorted once, asked for any number. */
public final class Ranking {
  private static final float GONE = -1;

  private final float[] scores;
  private final float[] sorted;

  private Ranking(float[] scores) {
    this.scores = scores;
    this.sorted = scores.clone();
    Arrays.sort(sorted);
  }

  /**
   * By magnitude, smallest first.
   *
   * @param kept false for weights that went before: they come first, so that masks are nested
   */
  public static Ranking ofMagnitudes(float[] weights, boolean[] kept) {
    float[] magnitudes = new float[weights.length];
    for (int i = 0; i < magnitudes.length; i++) {
      magnitudes[i] = Math.abs(weights[i]);
    }
    return of(magnitudes, kept);
  }

  /**
   * By any scores, the least first.
   *
   * @param scores none negative
   * @param kept as above
   */
  static Ranking of(float[] scores, boolean[] kept) {
    float[] all = new float[scores.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = kept[i] ? scores[i] : GONE;
    }
    return new Ranking(all);
  }

  /** All scores, ascending; negative ones are weights that are gone. */
  public float[] ascending() {
    return sorted.clone();
  }

  /**
   * What is left when the first {@code zeros} weights go; among equals the first in memory goes.
   *
   * @param zeros 0 to the number of weights
   */
  public boolean[] kept(int zeros) {
    boolean[] kept = new boolean[scores.length];
    Arrays.fill(kept, true);
    if (zeros == 0) {
      return kept;
    }
    float limit = sorted[zeros - 1];
    int below = 0;
    for (float score : scores) {
      below += score < limit ? 1 : 0;
    }
    int equals = zeros - below;
    for (int i = 0; i < scores.length; i++) {
      if (scores[i] < limit) {
        kept[i] = false;
      } else if (scores[i] == limit && equals > 0) {
        kept[i] = false;
        equals--;
      }
    }
    return kept;
  }
}
