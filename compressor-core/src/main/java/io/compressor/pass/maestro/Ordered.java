package io.compressor.pass.maestro;

import io.compressor.ir.Tensor;
import io.compressor.solver.lowrank.RankCurve;
import java.util.List;
import java.util.Map;

/**
 * The state after ordered dropout.
 *
 * @param all with the components that are left
 * @param alive how many these are, for each weight
 * @param constants biases and gains that were learnt, by name
 */
record Ordered(List<LowRank> all, int[] alive, Map<String, Tensor> constants) {
  /** Where no step was spent on order. */
  static Ordered none(List<LowRank> start) {
    return new Ordered(
        start, start.stream().mapToInt(one -> one.factors().rank()).toArray(), Map.of());
  }

  static List<RankCurve> curves(List<LowRank> all) {
    return all.stream().map(LowRank::curve).toList();
  }

  List<RankCurve> curves() {
    return curves(all);
  }
}
