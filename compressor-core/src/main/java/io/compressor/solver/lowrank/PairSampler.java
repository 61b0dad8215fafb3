package io.compressor.solver.lowrank;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Generalised ordered dropout: all pairs (weight, rank) in random order, one a step, and anew when
 * they are spent (Maestro, section 3; uniform over pairs, so that wide layers come more often).
 */
public final class PairSampler {
  /**
   * What a step cuts.
   *
   * @param weight which weight runs at reduced rank
   * @param rank how many of its first components are left, ≥ 1
   */
  public record Pair(int weight, int rank) {}

  private final SplittableRandom random;
  private int[] ranks;
  private List<Pair> left = new ArrayList<>();

  /**
   * @param ranks how many components each weight has
   */
  public PairSampler(int[] ranks, long seed) {
    this.ranks = ranks.clone();
    this.random = new SplittableRandom(seed);
  }

  /** The next pair. */
  public Pair next() {
    if (left.isEmpty()) {
      left = shuffled();
    }
    return left.remove(left.size() - 1);
  }

  /** Weights have fewer components now; the list begins anew. */
  public void shrink(int[] now) {
    if (!java.util.Arrays.equals(ranks, now)) {
      ranks = now.clone();
      left = new ArrayList<>();
    }
  }

  private List<Pair> shuffled() {
    List<Pair> all = new ArrayList<>();
    for (int w = 0; w < ranks.length; w++) {
      for (int r = 1; r <= ranks[w]; r++) {
        all.add(new Pair(w, r));
      }
    }
    for (int i = all.size() - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      Pair held = all.get(i);
      all.set(i, all.get(j));
      all.set(j, held);
    }
    return all;
  }
}
