package io.compressor.evaluate;

import java.util.Locale;

/** Size of the difference between the outputs, over all unmasked values. */
enum Distortion implements ScoredMetric.OfComparison {
  /**
   * Signal to quantization noise in decibel: 10 log10 (Σ base² / Σ (base − candidate)²), at most
   * {@value #CEILING_DB}, which stands for no difference at all.
   */
  SQNR(Direction.HIGHER_IS_BETTER, Distortion.CEILING_DB) {
    @Override
    void value(double base, double error, double[] into) {
      into[0] += base * base;
      into[1] += error * error;
    }

    @Override
    public Statistic statistic(SampleTable table) {
      return Statistic.ratio(table.column(0), table.column(1), Distortion::decibel);
    }
  },

  /** Largest absolute difference of any value. Its interval only says how typical it is. */
  MAX_ABS(Direction.LOWER_IS_BETTER, 0) {
    @Override
    void value(double base, double error, double[] into) {
      into[0] = Math.max(into[0], Math.abs(error));
    }

    @Override
    public Statistic statistic(SampleTable table) {
      return Statistic.largest(table.column(0));
    }
  };

  private static final double CEILING_DB = 200;

  private final Direction direction;
  private final double ideal;

  Distortion(Direction direction, double ideal) {
    this.direction = direction;
    this.ideal = ideal;
  }

  abstract void value(double base, double error, double[] into);

  private static double decibel(double ratio) {
    return Double.isNaN(ratio) ? CEILING_DB : Math.min(CEILING_DB, 10 * Math.log10(ratio));
  }

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
    return false;
  }

  @Override
  public double ideal() {
    return ideal;
  }

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
        int at = base.offset(row, p);
        for (int i = at; i < at + base.width(); i++) {
          double b = base.values()[i];
          double c = candidate.values()[i];
          value(b, b == c ? 0 : b - c, into);
        }
      }
    }
  }
}
