package io.compressor.pass.maestro;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.recipe.Limit;
import io.compressor.recipe.MaestroOptions;
import io.compressor.solver.lowrank.RankBudget;
import io.compressor.solver.lowrank.RankCurve;
import java.util.List;

/** Which ranks the recipe asks for. */
record RankGoal(MaestroOptions options) {
  /** Numbers that the weights may have together. */
  long parameters(List<RankCurve> curves) {
    Limit limit = options.size().orElseThrow();
    return (long) Math.floor(limit.of(4.0 * RankBudget.whole(curves)) / 4);
  }

  boolean isSize() {
    return options.size().isPresent();
  }

  /**
   * @param curves with errors that can be compared between weights
   * @return the rank of each weight; min(out, in) leaves it whole
   * @throws CompressorException RECIPE with the floor when even rank 1 everywhere is too large
   */
  List<Integer> ranks(List<RankCurve> curves) {
    if (options.energy().isPresent()) {
      return RankBudget.losing(curves, 1 - options.energy().getAsDouble());
    }
    if (options.rank().isPresent()) {
      return RankBudget.same(curves, options.rank().getAsInt());
    }
    long most = parameters(curves);
    return RankBudget.within(curves, most).orElseThrow(() -> tooSmall(curves, most));
  }

  /** As {@link #ranks}, before the first weight is read. */
  void check(List<RankCurve> curves) {
    if (isSize() && RankBudget.floor(curves) > parameters(curves)) {
      throw tooSmall(curves, parameters(curves));
    }
  }

  private CompressorException tooSmall(List<RankCurve> curves, long most) {
    long floor = RankBudget.floor(curves);
    long whole = RankBudget.whole(curves);
    return new CompressorException(
        ErrorCode.RECIPE,
        "maestro.size",
        "size %s is %d bytes for the %d matching weights, but rank 1 everywhere takes %d bytes"
            .formatted(options.size().orElseThrow(), 4 * most, curves.size(), 4 * floor),
        "ask for at least %d bytes (%.2f%%), or match fewer weights"
            .formatted(4 * floor, Math.ceil(1e4 * floor / whole) / 100));
  }
}
