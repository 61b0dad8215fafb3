package io.compressor.solver.lowrank;

import io.compressor.solver.allocate.HullGreedy;
import io.compressor.solver.allocate.OptionCurve;
import io.compressor.solver.allocate.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Chooses the ranks of several weights. Pure; a rank of min(out, in) stands for the weight. */
public final class RankBudget {
  private RankBudget() {}

  /** Numbers that are left when every weight has rank 1 (or stays, where that is less). */
  public static long floor(List<RankCurve> curves) {
    return curves.stream().mapToLong(c -> c.parameters(0)).sum();
  }

  /** Numbers of the weights as they are. */
  public static long whole(List<RankCurve> curves) {
    return curves.stream().mapToLong(c -> (long) c.out() * c.in()).sum();
  }

  /** Numbers at chosen ranks. */
  public static long parameters(List<RankCurve> curves, List<Integer> ranks) {
    long sum = 0;
    for (int i = 0; i < ranks.size(); i++) {
      RankCurve c = curves.get(i);
      sum += Math.min((long) c.out() * c.in(), Factors.parameters(c.out(), c.in(), ranks.get(i)));
    }
    return sum;
  }

  /**
   * The least sum of errors in so many numbers.
   *
   * @return the rank of each weight; empty when rank 1 everywhere is too much
   */
  public static Optional<List<Integer>> within(List<RankCurve> curves, long parameters) {
    List<OptionCurve> options = curves.stream().map(c -> c.options("")).toList();
    return HullGreedy.within(options, Resource.BYTES, 4.0 * parameters)
        .map(
            found -> {
              List<Integer> ranks = new ArrayList<>();
              for (int i = 0; i < curves.size(); i++) {
                ranks.add(curves.get(i).ranks().get(found.chosen().get(i)));
              }
              return ranks;
            });
  }

  /** The smallest rank of each weight that loses no more than {@code error}. */
  public static List<Integer> losing(List<RankCurve> curves, double error) {
    List<Integer> ranks = new ArrayList<>();
    for (RankCurve c : curves) {
      int option = 0;
      while (option + 1 < c.ranks().size() && c.errors().get(option) > error) {
        option++;
      }
      ranks.add(c.ranks().get(option));
    }
    return ranks;
  }

  /** One rank for all; weights whose factors would be no smaller stay. */
  public static List<Integer> same(List<RankCurve> curves, int rank) {
    return curves.stream()
        .map(c -> rank <= Factors.largestUseful(c.out(), c.in()) ? rank : Math.min(c.out(), c.in()))
        .toList();
  }
}
