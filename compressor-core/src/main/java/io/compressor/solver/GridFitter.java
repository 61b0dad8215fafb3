package io.compressor.solver;

import io.compressor.engine.Engine;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Uniform grids for W [rows × cols], one scale for each row or for each (row, group of inputs).
 * Grids are fixed on the original weights, before any solver moves them.
 *
 * <p>Source: papers' {@code find_params} (GPTQ, QuaRot, RSQ); conventions in {@link GroupFit},
 * search in {@link ClipSearch}.
 *
 * @param search used where {@link QuantSpec#clipSearch()} asks for it; its extra level always
 * @param columnWeights importance of each input, [cols], ≥ 0, for instance the Hessian diagonal;
 *     empty = all equal, as published
 */
public record GridFitter(ClipSearch search, Optional<double[]> columnWeights) {
  private static final int CHUNK = 16;

  /** The published search, unweighted. */
  public static final GridFitter PUBLISHED = new GridFitter(ClipSearch.PUBLISHED, Optional.empty());

  public GridFitter weightedBy(double[] columns) {
    return new GridFitter(search, Optional.of(columns));
  }

  public UniformGrid fit(float[] w, int rows, int cols, QuantSpec spec) {
    return fit(w, rows, cols, spec, Engine.direct());
  }

  /**
   * @param w [rows × cols] row-major
   * @throws IllegalArgumentException on a wrong size or a weight that is not finite
   */
  public UniformGrid fit(float[] w, int rows, int cols, QuantSpec spec, Engine engine) {
    Weights.require(w, rows, cols);
    columnWeights.ifPresent(h -> Weights.requireColumns(h, cols));
    int groups = spec.groups(cols);
    UniformGrid grid =
        new UniformGrid(
            rows,
            cols,
            spec.bits(),
            spec.groupSize(cols),
            new float[rows * groups],
            new byte[rows * groups]);
    List<RowChunk> chunks = RowChunk.cut(0, rows, CHUNK);
    engine.map(
        chunks,
        chunk -> {
          GroupFit fit = new GroupFit(spec, search);
          double[] row = new double[cols];
          for (int r = chunk.from(); r < chunk.to(); r++) {
            for (int c = 0; c < cols; c++) {
              row[c] = w[r * cols + c];
            }
            fitRow(fit, row, r, grid, columnWeights.orElse(null));
          }
          return chunk;
        });
    return grid;
  }

  private static void fitRow(
      GroupFit fit, double[] row, int r, UniformGrid grid, double @Nullable [] h) {
    int groups = grid.groups();
    for (int g = 0; g < groups; g++) {
      int from = g * grid.group();
      fit.fit(row, from, Math.min(grid.cols(), from + grid.group()), h, from);
      grid.scales()[r * groups + g] = fit.scale();
      grid.zeros()[r * groups + g] = (byte) fit.zero();
    }
  }
}
