package io.compressor.pass.joint;

import io.compressor.engine.Engine;
import io.compressor.graph.Site;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.solver.lowrank.Factors;
import java.util.List;
import java.util.Optional;

/**
 * A site as it was treated.
 *
 * @param solved what is stored in codes: the site, or its halves
 * @param factors in floats, where it became two
 * @param biasShift Δb [out] that makes the mean output right, when the mean input is known
 */
record Piece(List<SolvedSite> solved, Optional<Factors> factors, Optional<double[]> biasShift) {
  /** The weight as it was. */
  static final Piece NONE = new Piece(List.of(), Optional.empty(), Optional.empty());

  /** What stands for W [out × in] now. */
  float[] matrix(Site site, Item item, Engine engine) {
    if (factors.isEmpty()) {
      return solved.isEmpty() ? site.weightMatrix() : solved.get(0).plainWeight(engine);
    }
    Factors f = factors.get();
    float[] v = f.v();
    float[] u = f.u();
    Item.Halves halves = item.halves().orElseThrow();
    for (SolvedSite one : solved) {
      if (one.task().site().name().equals(halves.v().name())) {
        v = one.plainWeight(engine);
      } else {
        u = one.plainWeight(engine);
      }
    }
    return new Factors(f.out(), f.in(), f.rank(), u, v, f.strength()).product();
  }
}
