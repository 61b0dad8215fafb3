package io.compressor.solver;

import io.compressor.engine.Engine;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Chooses row scales and group multipliers of a {@link FoldedGrid}: first the best continuous scale
 * of each group, then a row scale that lets the largest group reach (nearly) the end of int8, then
 * the multiplier of each group by the error of the levels that really come out. Ours; the search of
 * ranges is {@link ClipSearch}.
 *
 * @param search least squares by default; used where {@link QuantSpec#clipSearch()} asks for it.
 *     Its extra level decides whether row scales below 0 are tried
 * @param columnWeights importance of each input, [cols], ≥ 0; empty = all equal
 * @param limit largest magnitude of the int8 weight, 16 to 127; 64 where 16-bit sums of the kernel
 *     would saturate
 */
public record FoldedGridFitter(ClipSearch search, Optional<double[]> columnWeights, int limit) {
  private static final int CHUNK = 16;

  /** Least squares, unweighted, row scales above 0, all of int8. */
  public static final FoldedGridFitter LEAST_SQUARES =
      new FoldedGridFitter(ClipSearch.LEAST_SQUARES, Optional.empty(), 127);

  public FoldedGridFitter {
    if (search.norm() != 2) {
      throw new IllegalArgumentException("errors are squared: norm 2, not " + search.norm());
    }
    if (limit < 16 || limit > 127) {
      throw new IllegalArgumentException("limit must be 16 to 127 but was " + limit);
    }
  }

  public FoldedGridFitter weightedBy(double[] columns) {
    return new FoldedGridFitter(search, Optional.of(columns), limit);
  }

  /**
   * @param w [rows × cols] row-major
   * @param spec group and clip search; bits and symmetry are those of the table
   * @throws IllegalArgumentException on a wrong size or a weight that is not finite
   */
  public FoldedGrid fit(
      float[] w, int rows, int cols, QuantSpec spec, Codebook table, Engine engine) {
    Weights.require(w, rows, cols);
    return measured(r -> sorted(w, r, cols, spec), rows, cols, spec, table, engine).grid();
  }

  /**
   * @param error Σ h·(w − nearest level)² of all weights
   */
  record Measured(FoldedGrid grid, double error) {}

  /** A row as {@link #measured} reads it. */
  SortedGroups sorted(float[] w, int row, int cols, QuantSpec spec) {
    double[] h = columnWeights.orElse(null);
    return new SortedGroups(w, row * cols, cols, spec.groupSize(cols), h);
  }

  Measured measured(
      IntFunction<SortedGroups> sorted,
      int rows,
      int cols,
      QuantSpec spec,
      Codebook table,
      Engine engine) {
    columnWeights.ifPresent(h -> Weights.requireColumns(h, cols));
    int groups = spec.groups(cols);
    boolean plain = groups == 1 && table.most() <= limit;
    int shift = plain ? 0 : FoldedScales.shift(table, limit);
    int largest = plain ? 1 : FoldedLevels.largestMultiplier(table, shift, limit);
    FoldedLevels levels = new FoldedLevels(table, shift);
    float[] rowScales = new float[rows];
    byte[] multipliers = new byte[rows * groups];
    double[] errors = new double[rows];
    engine.map(
        RowChunk.cut(0, rows, CHUNK),
        chunk -> {
          FoldedRowFit fit =
              new FoldedRowFit(spec, search, table, 1 << shift, largest, levels, cols);
          for (int r = chunk.from(); r < chunk.to(); r++) {
            fit.fit(sorted.apply(r));
            rowScales[r] = fit.rowScale();
            errors[r] = fit.error();
            System.arraycopy(fit.multipliers(), 0, multipliers, r * groups, groups);
          }
          return chunk;
        });
    return new Measured(
        new FoldedGrid(rows, cols, spec.groupSize(cols), table, shift, rowScales, multipliers),
        Arrays.stream(errors).sum());
  }
}
