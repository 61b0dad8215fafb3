package io.compressor.pass.prune;

import io.compressor.solver.allocate.Option;
import io.compressor.solver.allocate.OptionCurve;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What pruning one layer costs at the model's outputs, between measured points.
 *
 * @param name of the layer
 * @param size its weights
 * @param zeros measured, rising
 * @param errors at these, never falling
 * @param choices numbers of zeros to choose from, rising
 */
record DistortionCurve(String name, int size, int[] zeros, double[] errors, int[] choices) {
  /** Shares of zeros that are measured: close where curves bend. */
  private static final double[] MEASURED = {
    0.1, 0.2, 0.3, 0.4, 0.5, 0.57, 0.64, 0.7, 0.75, 0.8, 0.84, 0.87, 0.9, 0.92, 0.94, 0.955, 0.97,
    0.98, 0.987, 0.994, 1
  };

  /** What is kept may change by these factors when shares are looked at again. */
  private static final double[] AROUND = {2, 1.6, 1.3, 1.12, 0.9, 0.77, 0.62, 0.5};

  private static final int COARSE = 100;
  private static final int FINE = 1000;
  private static final int NEAR = 64;
  private static final double BEND = 0.8;

  /** What to measure for a layer of so many weights, some of which are gone; rising. */
  static int[] levels(int size, int gone) {
    List<Integer> levels = new ArrayList<>();
    int last = gone;
    for (double share : MEASURED) {
      int zeros = (int) Math.floor(share * size);
      if (zeros > last) {
        levels.add(zeros);
        last = zeros;
      }
    }
    return levels.stream().mapToInt(i -> i).toArray();
  }

  /**
   * What to measure around a number of zeros, rising.
   *
   * @param gone fewest zeros there can be
   * @param reach 1 = what is kept may double or halve; nearer to 0, less
   */
  static int[] around(int size, int gone, int now, double reach) {
    TreeSet<Integer> levels = new TreeSet<>(Set.of(now));
    for (double factor : AROUND) {
      double kept = (size - now) * Math.pow(factor, reach);
      int zeros = (int) Math.round(size - kept);
      levels.add(Math.max(gone, Math.min(size, zeros)));
    }
    return levels.stream().mapToInt(i -> i).toArray();
  }

  /**
   * Joins what was measured, from no change (which costs 0) to no weights. A curve that falls
   * somewhere, by noise or by luck, is held at what it had: less sparsity for more distortion is
   * never wanted.
   */
  static DistortionCurve of(String name, int size, int gone, int[] levels, double[] measured) {
    int[] zeros = new int[levels.length + 1];
    double[] errors = new double[levels.length + 1];
    zeros[0] = gone;
    for (int i = 0; i < levels.length; i++) {
      zeros[i + 1] = levels[i];
      errors[i + 1] = Math.max(errors[i], measured[i]);
    }
    List<Integer> choices = new ArrayList<>(List.of(gone));
    for (int step = 1; step <= FINE; step++) {
      boolean fine = step >= BEND * FINE || step % (FINE / COARSE) == 0;
      int count = (int) ((long) step * size / FINE);
      if (fine && count > choices.get(choices.size() - 1)) {
        choices.add(count);
      }
    }
    return new DistortionCurve(
        name, size, zeros, errors, choices.stream().mapToInt(i -> i).toArray());
  }

  /**
   * Joins what was measured in the company of other pruned layers: what a layer adds to the present
   * distortion, or takes from it.
   *
   * @param levels as {@link #around} gives them
   * @param present distortion without a change
   */
  static DistortionCurve near(
      String name, int size, int[] levels, double[] measured, double present) {
    double[] errors = new double[levels.length];
    for (int i = 0; i < levels.length; i++) {
      double change = measured[i] - present;
      errors[i] = i == 0 ? change : Math.max(errors[i - 1], change);
    }
    TreeSet<Integer> choices = new TreeSet<>();
    int first = levels[0];
    int last = levels[levels.length - 1];
    for (int i = 0; i <= NEAR; i++) {
      choices.add((int) (first + (long) i * (last - first) / NEAR));
    }
    for (int level : levels) {
      choices.add(level);
    }
    return new DistortionCurve(
        name, size, levels, errors, choices.stream().mapToInt(i -> i).toArray());
  }

  /**
   * Distortion with so many zeros: on a line between points whose distortion is 0 or infinite, else
   * on a line of its logarithm.
   */
  double at(int wanted) {
    int i = 0;
    while (i < zeros.length && zeros[i] < wanted) {
      i++;
    }
    if (i == 0 || i == zeros.length) {
      return errors[Math.min(i, zeros.length - 1)];
    }
    double part = (double) (wanted - zeros[i - 1]) / (zeros[i] - zeros[i - 1]);
    double low = errors[i - 1];
    double high = errors[i];
    if (part == 1 || low == high) {
      return high;
    }
    boolean curved = low > 0 && Double.isFinite(high);
    return curved ? low * Math.pow(high / low, part) : low + part * (high - low);
  }

  /** The choices as options: their bytes are those of the float values that are left. */
  OptionCurve options() {
    List<Option> options = new ArrayList<>();
    for (int count : choices) {
      options.add(Option.of(at(count), 4L * (size - count)));
    }
    return new OptionCurve(name, options);
  }
}
