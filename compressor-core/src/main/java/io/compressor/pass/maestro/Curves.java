package io.compressor.pass.maestro;

import io.compressor.solver.lowrank.Factors;
import io.compressor.solver.lowrank.RankCurve;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

/** What the model loses when one weight after the other runs at lower ranks. */
final class Curves {
  /** Where a curve is measured, in parts of the largest useful rank. */
  private static final double[] SHARES = {0.03, 0.125, 0.25, 0.5, 0.75, 1};

  private Curves() {}

  /**
   * @param alive components of each weight that are left
   * @param dropout whose judged ranks are set
   * @param loss on held-out samples at the judged ranks
   */
  static List<RankCurve> measured(
      List<LowRank> all, int[] alive, OrderedDropout dropout, DoubleSupplier loss) {
    dropout.judge(alive);
    double base = loss.getAsDouble();
    List<RankCurve> curves = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      int out = all.get(i).site().out();
      int in = all.get(i).site().in();
      int[] at = ranks(Math.min(alive[i], Factors.largestUseful(out, in)));
      double[] errors = new double[at.length];
      for (int j = 0; j < at.length; j++) {
        int[] ranks = alive.clone();
        ranks[i] = at[j];
        dropout.judge(ranks);
        errors[j] = Math.max(0, loss.getAsDouble() - base);
      }
      curves.add(RankCurve.through(out, in, at, errors));
    }
    return curves;
  }

  /** How many looks that takes. */
  static int looks(List<LowRank> all, int[] alive) {
    return 1
        + IntStream.range(0, all.size())
            .map(
                i ->
                    ranks(
                            Math.min(
                                alive[i],
                                Factors.largestUseful(
                                    all.get(i).site().out(), all.get(i).site().in())))
                        .length)
            .sum();
  }

  private static int[] ranks(int most) {
    return IntStream.concat(
            IntStream.of(1),
            java.util.Arrays.stream(SHARES).mapToInt(s -> (int) Math.round(s * most)))
        .filter(r -> r >= 1)
        .distinct()
        .sorted()
        .toArray();
  }
}
