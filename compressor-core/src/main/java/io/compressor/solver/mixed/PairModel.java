package io.compressor.solver.mixed;

/**
 * The loss as a sum over layers and pairs of layers:
 *
 * <p>f(c) − f(0) ≈ Σᵢ Sᵢ(cᵢ) + Σᵢ﹤ⱼ Cᵢⱼ(cᵢ, cⱼ), where cᵢ is the level that layer i is stored at.
 * Level 0 is the layer as it was and costs nothing.
 *
 * <p>Source: Schaefer et al., "Augmenting Hessians with Inter-Layer Dependencies" (arXiv
 * 2306.04879): the cross term changes the order of the layers. The formulas are our reading.
 */
public final class PairModel {
  private final double[][] own;
  private final int levels;
  private final double[] pairs;

  /**
   * @param own [layer][level], Sᵢ of each level; level 0 is taken to be 0
   */
  public PairModel(double[][] own) {
    this.levels = own.length == 0 ? 1 : own[0].length;
    this.own = new double[own.length][];
    for (int i = 0; i < own.length; i++) {
      if (own[i].length != levels) {
        throw new IllegalArgumentException("layer " + i + " has " + own[i].length + " levels");
      }
      this.own[i] = own[i].clone();
      this.own[i][0] = 0;
    }
    int side = Math.multiplyExact(own.length, levels);
    this.pairs = new double[Math.multiplyExact(side, side)];
  }

  /** Number of layers. */
  public int layers() {
    return own.length;
  }

  /** Number of levels, the untouched one included. */
  public int levels() {
    return levels;
  }

  /** The same pairs with other terms of single layers. */
  public PairModel withOwn(double[][] others) {
    PairModel copy = new PairModel(others);
    if (copy.layers() != layers() || copy.levels != levels) {
      throw new IllegalArgumentException("expected %d layers".formatted(layers()));
    }
    System.arraycopy(pairs, 0, copy.pairs, 0, pairs.length);
    return copy;
  }

  /** Sᵢ at a level. */
  public double own(int layer, int level) {
    return own[layer][level];
  }

  /** Cᵢⱼ, the same in both directions; 0 where a level is 0. */
  public double pair(int i, int a, int j, int b) {
    return pairs[at(i, a, j, b)];
  }

  /** Sets Cᵢⱼ in both directions. */
  public void setPair(int i, int a, int j, int b, double term) {
    if (i == j || a == 0 || b == 0) {
      throw new IllegalArgumentException("no term between %d/%d and %d/%d".formatted(i, a, j, b));
    }
    pairs[at(i, a, j, b)] = term;
    pairs[at(j, b, i, a)] = term;
  }

  /** Σ Sᵢ: what is expected when layers do not see each other. */
  public double singles(int[] chosen) {
    double sum = 0;
    for (int i = 0; i < own.length; i++) {
      sum += own[i][chosen[i]];
    }
    return sum;
  }

  /** Singles and pairs. */
  public double predicted(int[] chosen) {
    double sum = singles(chosen);
    for (int i = 0; i < own.length; i++) {
      for (int j = i + 1; j < own.length; j++) {
        sum += pair(i, chosen[i], j, chosen[j]);
      }
    }
    return sum;
  }

  /**
   * The augmented sensitivity Aᵢ = Sᵢ + λ · ½ · Σⱼ Cᵢⱼ with all layers at one level.
   *
   * @param lambda weight of the pairs; 1 in the quadratic model, 0 leaves the layer alone
   * @param conservative takes |Cᵢⱼ|: errors that cancel are not counted on
   */
  public double augmented(int layer, int level, double lambda, boolean conservative) {
    double cross = 0;
    for (int j = 0; j < own.length; j++) {
      if (j != layer) {
        double term = pair(layer, level, j, level);
        cross += conservative ? Math.abs(term) : term;
      }
    }
    return own[layer][level] + 0.5 * lambda * cross;
  }

  private int at(int i, int a, int j, int b) {
    int side = own.length * levels;
    return (i * levels + a) * side + j * levels + b;
  }
}
