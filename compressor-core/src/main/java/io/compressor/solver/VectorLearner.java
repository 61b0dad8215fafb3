package io.compressor.solver;

import io.compressor.engine.Engine;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A {@link VectorGrid} for one weight: rows are brought to one size, codewords are learnt by
 * weighted k-means on a sample of rows, made int8, and row scales are fitted to what the codewords
 * can say.
 *
 * <p>Source: vector quantization as in GPTVQ (van Baalen et al., arXiv 2402.15319), whose k-means
 * counts each weight with the diagonal of the Hessian; one scale for each row is ours. At most
 * {@value #SAMPLE} vectors, whole rows evenly spread, are looked at. The same seed gives the same
 * grid at any number of threads.
 */
public final class VectorLearner {
  private static final int SAMPLE = 1 << 16;
  private static final int CHUNK = 16;
  private static final int ROUNDS = 12;

  private final float[] w;
  private final int rows;
  private final int cols;
  private final float[] columns;
  private final int length;
  private final Engine engine;

  private VectorLearner(float[] w, int rows, int cols, float[] columns, int length, Engine engine) {
    this.w = w;
    this.rows = rows;
    this.cols = cols;
    this.columns = columns;
    this.length = length;
    this.engine = engine;
  }

  /**
   * @param w [rows × cols] row-major, finite
   * @param length inputs that a codeword stands for
   * @param size codewords, 2 to 256
   * @param limit largest magnitude of an int8 entry
   * @param columnWeights importance of each input, [cols], ≥ 0; empty = all equal
   * @throws IllegalArgumentException on a wrong size or a weight that is not finite
   */
  public static VectorGrid fit(
      float[] w,
      int rows,
      int cols,
      int length,
      int size,
      int limit,
      Optional<double[]> columnWeights,
      SplittableRandom random,
      Engine engine) {
    Weights.require(w, rows, cols);
    columnWeights.ifPresent(h -> Weights.requireColumns(h, cols));
    float[] columns = normalised(columnWeights, cols);
    return new VectorLearner(w, rows, cols, columns, length, engine).run(size, limit, random);
  }

  /** Mean 1; inputs that were always 0 count a little, or nothing would hold their weights. */
  private static float[] normalised(Optional<double[]> columnWeights, int cols) {
    float[] columns = new float[cols];
    double mean = 0;
    for (double h : columnWeights.orElse(new double[0])) {
      mean += h / cols;
    }
    for (int c = 0; c < cols; c++) {
      columns[c] = mean > 0 ? (float) Math.max(1e-4, columnWeights.get()[c] / mean) : 1;
    }
    return columns;
  }

  private VectorGrid run(int size, int limit, SplittableRandom random) {
    float[] scales = new float[rows];
    for (int r = 0; r < rows; r++) {
      scales[r] = size(r);
    }
    float[] centers = new VectorKMeans(sample(scales), random, engine).run(size, ROUNDS);
    VectorCodebook table = VectorCodebook.of(centers, length, limit);
    double unit = VectorCodebook.unit(centers, limit);
    for (int r = 0; r < rows; r++) {
      scales[r] = floor(scales[r] * unit);
    }
    QuantizedWeight rounded =
        VectorRounding.nearest(w, new VectorGrid(rows, cols, table, scales), engine);
    return new VectorGrid(rows, cols, table, refit(rounded, scales));
  }

  /** Root mean square of a row. */
  private float size(int row) {
    double sum = 0;
    double weight = 0;
    for (int c = 0; c < cols; c++) {
      double v = w[row * cols + c];
      sum += columns[c] * v * v;
      weight += columns[c];
    }
    return floor(Math.sqrt(sum / weight));
  }

  /** The scale with the least error for the codewords chosen. */
  private float[] refit(QuantizedWeight rounded, float[] scales) {
    float[] fitted = scales.clone();
    engine.map(
        RowChunk.cut(0, rows, CHUNK),
        chunk -> {
          for (int r = chunk.from(); r < chunk.to(); r++) {
            double both = 0;
            double own = 0;
            for (int c = 0, i = r * cols; c < cols; c++, i++) {
              double q = rounded.grid().decode(r, c, rounded.codes()[i] & 0xff);
              both += columns[c] * q * w[i];
              own += columns[c] * q * q;
            }
            // A row that its codewords say nothing of keeps its scale.
            fitted[r] = own > 0 && both > 0 ? floor(scales[r] * (both / own)) : scales[r];
          }
          return chunk;
        });
    return fitted;
  }

  private VectorKMeans.Points sample(float[] scales) {
    int vectors = (cols + length - 1) / length;
    int most = Math.max(1, Math.min(rows, SAMPLE / vectors));
    float[] values = new float[most * vectors * length];
    float[] weights = new float[values.length];
    double mean = 0;
    for (float s : scales) {
      mean += (double) s * s / rows;
    }
    for (int i = 0; i < most; i++) {
      int row = (int) ((long) i * rows / most);
      double importance = Math.max(1e-6, (double) scales[row] * scales[row] / mean);
      for (int c = 0; c < cols; c++) {
        int at = i * vectors * length + c;
        values[at] = (float) ((double) w[row * cols + c] / scales[row]);
        weights[at] = (float) (columns[c] * importance);
      }
    }
    return new VectorKMeans.Points(length, values, weights);
  }

  private static float floor(double scale) {
    return (float) Math.max(Float.MIN_NORMAL, Math.min(Float.MAX_VALUE, scale));
  }
}
