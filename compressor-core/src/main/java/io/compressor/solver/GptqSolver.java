package io.compressor.solver;

import io.compressor.engine.Engine;
import io.compressor.solver.GptqOptions.ColumnOrder;
import io.compressor.solver.GptqOptions.DeadColumns;
import io.compressor.solver.GptqResult.Status;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * GPTQ: quantizes the columns of W [rows × cols] one after another and moves what is left of each
 * rounding error into the columns that are still free, so that tr((W−Q) H (W−Q)ᵀ) stays small.
 *
 * <p>Source: Frantar et al., arXiv 2210.17323; code {@code GPTQ.fasterquant} (same in QuaRot and
 * RSQ). That code walks the upper Cholesky factor U of H⁻¹ and subtracts e_j U_jk. No inverse is
 * needed: with H = R Rᵀ, R = U⁻¹ upper triangular, e = (w − q) R, hence
 *
 * <pre>
 *   q_j = round(w_j + Σ_{k&lt;j} (w_k − q_k) R_kj / R_jj)        (also known as LDLQ)
 *   Σ_j ((the rounded value) − q_j)² R_jj² = (w − q) H (w − q)ᵀ
 * </pre>
 *
 * the same integers from one factorization instead of three, and every update is a sum of
 * contiguous rows. Grids are fixed beforehand, so act-order needs no column index at run time.
 *
 * <p>Work: n³/3 + rows·n² flops, fp64. Memory: the factor, n²/2 doubles, and a strip of {@value
 * #CHUNK} × n doubles for each thread. Deterministic at any thread count and block size.
 */
public final class GptqSolver {
  private static final int CHUNK = 64;

  private GptqSolver() {}

  /** Factors H and solves one layer. */
  public static GptqResult solve(
      float[] w, Hessian h, Grid grid, GptqOptions options, Engine engine) {
    return solve(w, GptqFactor.of(h, options, engine), grid, options, engine);
  }

  /**
   * @param w [rows × cols] row-major
   * @param factor of the Hessian of the inputs, [cols × cols]
   * @param grid levels, fixed; a {@link VectorGrid} needs a factor whose order keeps its vectors
   *     together
   * @throws IllegalArgumentException on sizes that do not match or weights that are not finite
   */
  public static GptqResult solve(
      float[] w, GptqFactor factor, Grid grid, GptqOptions options, Engine engine) {
    return run(w, factor, grid, Optional.empty(), options, engine);
  }

  /**
   * GPTQ with uniform grids that are fitted when a group is reached, on weights as earlier columns
   * have moved them (the published behaviour for groups without act-order). The authors' code reads
   * weights that lag inside a block when group &lt; block; here they are always current.
   *
   * @throws IllegalArgumentException also for any order but the natural one
   */
  public static GptqResult solveLive(
      float[] w,
      int rows,
      GptqFactor factor,
      QuantSpec spec,
      GridFitter fitter,
      GptqOptions options,
      Engine engine) {
    if (options.order() != ColumnOrder.NATURAL) {
      throw new IllegalArgumentException(
          "grids fitted on the way need natural column order but got " + options.order());
    }
    UniformGrid start = fitter.fit(w, rows, factor.size(), spec, engine);
    Optional<LiveGrid> live =
        spec.groups(factor.size()) == 1
            ? Optional.empty()
            : Optional.of(new LiveGrid(start, spec, fitter));
    return run(w, factor, start, live, options, engine);
  }

  private static GptqResult run(
      float[] w,
      GptqFactor factor,
      Grid grid,
      Optional<LiveGrid> live,
      GptqOptions options,
      Engine engine) {
    Weights.require(w, grid.rows(), grid.cols());
    if (factor.size() != grid.cols()) {
      throw new IllegalArgumentException(
          "expected a Hessian of size %d but got %d".formatted(grid.cols(), factor.size()));
    }
    if (factor.status() == Status.FELL_BACK) {
      return new GptqResult(
          RoundToNearest.quantize(w, grid),
          Status.FELL_BACK,
          0,
          factor.deadColumns(),
          OptionalDouble.empty());
    }
    float[] target = w;
    if (options.deadColumns() == DeadColumns.ZERO) {
      target = zeroed(w, factor.deadColumns(), grid.cols());
    }
    int most = Math.max(1, Math.min(CHUNK, grid.rows() / (2 * engine.parallelism())));
    List<RowChunk> chunks = RowChunk.cut(0, grid.rows(), most);
    if (grid instanceof VectorGrid vectors) {
      VectorSweep sweep = new VectorSweep(target, factor, vectors);
      engine.map(chunks, sweep::solve);
      return result(sweep.weight(), factor, sweep.errors());
    }
    GptqSweep sweep = new GptqSweep(target, factor, grid, live, options.blockSize());
    engine.map(chunks, sweep::solve);
    return result(new QuantizedWeight(grid, sweep.codes()), factor, sweep.errors());
  }

  private static GptqResult result(QuantizedWeight weight, GptqFactor factor, double[] errors) {
    return new GptqResult(
        weight,
        factor.status(),
        factor.damping(),
        factor.deadColumns(),
        OptionalDouble.of(Arrays.stream(errors).sum()));
  }

  private static float[] zeroed(float[] w, int[] dead, int cols) {
    if (dead.length == 0) {
      return w;
    }
    float[] copy = w.clone();
    for (int column : dead) {
      for (int i = column; i < copy.length; i += cols) {
        copy[i] = 0;
      }
    }
    return copy;
  }
}
