package io.compressor.evaluate;

import java.util.Locale;

/** Metrics that need no labels: the candidate's output against the base model's. */
enum Likeness implements ScoredMetric.OfComparison {
  /** Share of samples with the same largest value; for [B,S,D] the share of positions. */
  AGREEMENT(Direction.HIGHER_IS_BETTER, 1) {
    @Override
    public boolean proportion() {
      return true;
    }

    @Override
    void position(ModelOutput base, ModelOutput candidate, int at, double[] into) {
      int a = base.argmax(at);
      int b = candidate.argmax(at);
      into[0] += a < 0 || b < 0 ? Double.NaN : a == b ? 1 : 0;
    }
  },

  /** Mean cosine of the vectors of single positions, each position alike. */
  COSINE_TOKEN(Direction.HIGHER_IS_BETTER, 1) {
    @Override
    void position(ModelOutput base, ModelOutput candidate, int at, double[] into) {
      into[0] += Embeddings.cosine(base.values(), at, candidate.values(), at, base.width());
    }
  },

  /** Mean divergence Σ p ln(p/q) of the softmax of the base (p) and of the candidate (q). */
  KL(Direction.LOWER_IS_BETTER, 0) {
    @Override
    void position(ModelOutput base, ModelOutput candidate, int at, double[] into) {
      double logP = base.logSumExp(at);
      double logQ = candidate.logSumExp(at);
      double sum = 0;
      for (int i = 0; i < base.width(); i++) {
        double p = base.values()[at + i] - logP;
        if (p != Double.NEGATIVE_INFINITY) {
          sum += Math.exp(p) * (p - (candidate.values()[at + i] - logQ));
        }
      }
      into[0] += sum;
    }
  };

  private final Direction direction;
  private final double ideal;

  Likeness(Direction direction, double ideal) {
    this.direction = direction;
    this.ideal = ideal;
  }

  /**
   * Adds what one position contributes.
   *
   * @param at where its vector starts, in both outputs
   */
  abstract void position(ModelOutput base, ModelOutput candidate, int at, double[] into);

  @Override
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public Direction direction() {
    return direction;
  }

  @Override
  public DropScale dropScale() {
    return DropScale.ABSOLUTE;
  }

  @Override
  public boolean inPercent() {
    return this != KL;
  }

  @Override
  public double ideal() {
    return ideal;
  }

  /** Sum over positions, and how many there were. */
  @Override
  public int columns() {
    return 2;
  }

  @Override
  public void score(ModelOutput base, ModelOutput candidate, int row, double[] into) {
    into[0] = 0;
    into[1] = 0;
    for (int p = 0; p < base.positions(); p++) {
      if (base.counts(row, p)) {
        position(base, candidate, base.offset(row, p), into);
        into[1]++;
      }
    }
  }

  @Override
  public Statistic statistic(SampleTable table) {
    return Statistic.ratio(table.column(0), table.column(1), x -> x);
  }
}
