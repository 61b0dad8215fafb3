package io.compressor.solver.lowrank;

import io.compressor.solver.allocate.Option;
import io.compressor.solver.allocate.OptionCurve;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What each rank of one weight costs and loses. The last option is the whole weight, which loses
 * nothing; the others are ranks at which factors are smaller than it.
 *
 * @param ranks ascending; the last is min(out, in)
 * @param errors of each rank, comparable between weights, not increasing
 */
public record RankCurve(int out, int in, List<Integer> ranks, List<Double> errors) {
  /** Every rank up to here is an option; beyond only multiples, which kernels like better. */
  private static final int FINE = 8;

  public RankCurve {
    ranks = List.copyOf(ranks);
    errors = List.copyOf(errors);
    if (ranks.size() != errors.size() || ranks.isEmpty()) {
      throw new IllegalArgumentException(ranks + " with errors " + errors);
    }
  }

  /** Ranks worth considering: useful ones, then the full rank, which stands for the weight. */
  public static List<Integer> candidates(int out, int in) {
    int most = Factors.largestUseful(out, in);
    int coarse = most >= 64 ? 8 : 4;
    List<Integer> ranks = new ArrayList<>();
    IntStream.rangeClosed(1, most).filter(r -> r <= FINE || r % coarse == 0).forEach(ranks::add);
    if (ranks.isEmpty() || ranks.get(ranks.size() - 1) < Math.min(out, in)) {
      ranks.add(Math.min(out, in));
    }
    return ranks;
  }

  /**
   * From what is lost in the components' own terms.
   *
   * @param tails see {@link Factors#tails}; at least up to the largest useful rank
   */
  public static RankCurve of(int out, int in, double[] tails) {
    List<Integer> ranks = candidates(out, in);
    List<Double> errors = new ArrayList<>();
    for (int r : ranks) {
      errors.add(r == Math.min(out, in) ? 0 : tails[Math.min(r, tails.length - 1)]);
    }
    return new RankCurve(out, in, ranks, errors);
  }

  /**
   * Through measured points, along straight lines of the logarithm of the error over the rank. A
   * point that lies above an earlier one is taken for noise and lowered to it.
   *
   * @param at ascending ranks, the first 1; from the last useful one to the full rank the error is
   *     the last point's, except that the weight itself loses nothing
   */
  public static RankCurve through(int out, int in, int[] at, double[] measured) {
    double[] y = measured.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.log(Math.max(y[i], 1e-12));
      y[i] = i == 0 ? y[i] : Math.min(y[i], y[i - 1]);
    }
    List<Integer> ranks = candidates(out, in);
    List<Double> errors = new ArrayList<>();
    int left = 0;
    for (int r : ranks) {
      if (r == Math.min(out, in)) {
        errors.add(0.0);
        continue;
      }
      while (left + 2 < at.length && at[left + 1] <= r) {
        left++;
      }
      int right = Math.min(left + 1, at.length - 1);
      double share =
          right == left
              ? 0
              : Math.max(0, Math.min(1, (double) (r - at[left]) / (at[right] - at[left])));
      errors.add(Math.exp(y[left] + share * (y[right] - y[left])));
    }
    return new RankCurve(out, in, ranks, errors);
  }

  /** Numbers stored at an option. */
  public long parameters(int option) {
    return isWhole(option) ? (long) out * in : Factors.parameters(out, in, ranks.get(option));
  }

  /** Whether an option is the weight itself. */
  public boolean isWhole(int option) {
    return ranks.get(option) == Math.min(out, in);
  }

  /** The same for the allocator, in bytes of float32. */
  public OptionCurve options(String name) {
    return new OptionCurve(
        name,
        IntStream.range(0, ranks.size())
            .mapToObj(o -> Option.of(errors.get(o), 4 * parameters(o)))
            .toList());
  }
}
