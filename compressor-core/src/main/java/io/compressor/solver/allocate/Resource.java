package io.compressor.solver.allocate;

import java.util.List;

/** What a budget counts. */
public enum Resource {
  BYTES {
    @Override
    public double of(Option option) {
      return option.bytes();
    }
  },
  MILLIS {
    @Override
    public double of(Option option) {
      return option.millis();
    }
  };

  /** How much of it an option needs. */
  public abstract double of(Option option);

  /** How much of it one choice of each curve needs. */
  public final double total(List<OptionCurve> curves, int[] chosen) {
    double sum = 0;
    for (int i = 0; i < chosen.length; i++) {
      sum += of(curves.get(i).options().get(chosen[i]));
    }
    return sum;
  }
}
