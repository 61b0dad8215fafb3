package io.compressor.solver.allocate;

import java.util.ArrayList;
import java.util.List;

/**
 * One option of each curve.
 *
 * @param chosen index into each curve's options, in the order of the curves
 * @param error sum of the errors
 * @param bytes sum
 * @param millis sum
 */
public record Allocation(List<Integer> chosen, double error, long bytes, double millis) {
  public Allocation {
    chosen = List.copyOf(chosen);
  }

  /** Adds up what was chosen. */
  public static Allocation of(List<OptionCurve> curves, int[] chosen) {
    double error = 0;
    long bytes = 0;
    double millis = 0;
    List<Integer> indices = new ArrayList<>();
    for (int i = 0; i < chosen.length; i++) {
      Option option = curves.get(i).options().get(chosen[i]);
      error += option.error();
      bytes += option.bytes();
      millis += option.millis();
      indices.add(chosen[i]);
    }
    return new Allocation(indices, error, bytes, millis);
  }

  /** The option taken of a curve. */
  public Option option(List<OptionCurve> curves, int curve) {
    return curves.get(curve).options().get(chosen.get(curve));
  }
}
