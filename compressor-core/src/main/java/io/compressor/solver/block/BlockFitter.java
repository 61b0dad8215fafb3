package io.compressor.solver.block;

import io.compressor.engine.Engine;
import io.compressor.solver.block.BlockSpec.Scale;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The scale of every block. From the largest magnitude m and the largest level: m / most, or the
 * least power of two that is no less, 2^−⌊log2(most / m)⌋. Searched: the best of it and {@value
 * #TRIES} − 1 smaller ones by Σ (w − level)², the largest on a tie. A block of zeros has scale 1.
 * Scales have 11 significant bits.
 *
 * <p>Source: BCT (arXiv 2304.01483), reconstructed; the search is ours.
 */
public final class BlockFitter {
  private static final int TRIES = 12;
  private static final double STEP = 0.06;
  private static final int SHIFTS = 3;

  private BlockFitter() {}

  /**
   * @param w [rows × cols] row-major, finite
   * @throws IllegalArgumentException on a wrong size
   */
  public static BlockGrid fit(float[] w, int rows, int cols, BlockSpec spec, Engine engine) {
    Fitted fitted = fitted(w, rows, cols, spec, engine);
    return fitted.grid();
  }

  /**
   * @param error Σ (w − nearest level)²
   */
  public record Fitted(BlockGrid grid, double error) {}

  /** As {@link #fit}, with the error that rounding on the grid makes. */
  public static Fitted fitted(float[] w, int rows, int cols, BlockSpec spec, Engine engine) {
    if (rows < 1 || cols < 1 || (long) rows * cols != w.length) {
      throw new IllegalArgumentException(
          "expected %d x %d weights but got %d values".formatted(rows, cols, w.length));
    }
    BlockShape shape = spec.shape().within(rows, cols);
    int across = shape.across(cols);
    int down = shape.down(rows);
    Nearest nearest = Nearest.of(spec.table());
    float[] scales = new float[Math.multiplyExact(down, across)];
    double[] errors = new double[down];
    List<Integer> bands = IntStream.range(0, down).boxed().toList();
    engine.map(
        bands,
        band -> {
          float[] block = new float[shape.height() * shape.width()];
          for (int a = 0; a < across; a++) {
            int n = copy(w, rows, cols, shape, band, a, block);
            Choice choice = choose(block, n, spec, nearest);
            scales[band * across + a] = choice.scale();
            errors[band] += choice.error();
          }
          return band;
        });
    return new Fitted(
        new BlockGrid(rows, cols, shape, spec.table(), scales), Arrays.stream(errors).sum());
  }

  private static int copy(
      float[] w, int rows, int cols, BlockShape shape, int band, int a, float[] block) {
    int left = a * shape.width();
    int width = Math.min(cols, left + shape.width()) - left;
    int n = 0;
    int end = Math.min(rows, (band + 1) * shape.height());
    for (int r = band * shape.height(); r < end; r++, n += width) {
      System.arraycopy(w, r * cols + left, block, n, width);
    }
    return n;
  }

  private record Choice(float scale, double error) {}

  private static Choice choose(float[] block, int n, BlockSpec spec, Nearest nearest) {
    float largest = 0;
    for (int i = 0; i < n; i++) {
      largest = Math.max(largest, Math.abs(block[i]));
    }
    if (largest == 0) {
      return new Choice(1, 0);
    }
    float full = fullScale(largest, spec);
    float best = full;
    double least = error(block, n, full, nearest);
    int tries = !spec.search() ? 1 : spec.scale() == Scale.EXACT ? TRIES : SHIFTS;
    for (int i = 1; i < tries; i++) {
      float scale =
          spec.scale() == Scale.EXACT
              ? short11((float) (full * (1 - STEP * i)))
              : Math.scalb(full, -i);
      if (scale < Float.MIN_NORMAL) {
        break;
      }
      double e = error(block, n, scale, nearest);
      if (e < least) {
        least = e;
        best = scale;
      }
    }
    return new Choice(best, least);
  }

  /** The scale at which the largest magnitude is just not clipped. */
  private static float fullScale(float largest, BlockSpec spec) {
    double exact = (double) largest / spec.table().most();
    double scale = exact;
    if (spec.scale() == Scale.POWER_OF_TWO) {
      scale = Math.scalb(1.0, Math.getExponent(exact));
      scale = scale < exact ? 2 * scale : scale;
    }
    return short11((float) Math.max(Float.MIN_NORMAL, Math.min(0x1p127, scale)));
  }

  /** Rounded up to 11 significant bits, so that two bytes hold a scale. */
  private static float short11(float scale) {
    return Float.intBitsToFloat((Float.floatToRawIntBits(scale) + 0x1fff) & ~0x1fff);
  }

  /** In units of the weights; computed in those of the table, so that squares stay in range. */
  private static double error(float[] block, int n, float scale, Nearest nearest) {
    float inverse = 1 / scale;
    return nearest.error(block, n, inverse) * scale * scale;
  }
}
