package io.compressor.pass.maestro;

import io.compressor.graph.Site;
import io.compressor.solver.lowrank.Factors;
import io.compressor.solver.lowrank.RankCurve;

/**
 * One weight on its way.
 *
 * @param factors all components that are left
 * @param relative share of the output's energy (or of the weight's, without data) that is lost from
 *     each rank on, as the decomposition knows it
 * @param judged whether {@code relative} is about outputs on data
 */
record LowRank(Site site, Factors factors, double[] relative, boolean judged) {
  static LowRank of(Site site, Factors factors, boolean judged) {
    return new LowRank(site, factors, factors.tails(), judged);
  }

  /** What the decomposition knew about outputs holds no longer. */
  LowRank learnt() {
    return new LowRank(site, factors, relative, false);
  }

  RankCurve curve() {
    return RankCurve.of(site.out(), site.in(), relative);
  }

  int full() {
    return Math.min(site.out(), site.in());
  }
}
