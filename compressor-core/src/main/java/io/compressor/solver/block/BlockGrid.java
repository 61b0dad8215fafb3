package io.compressor.solver.block;

import io.compressor.solver.Codebook;
import io.compressor.solver.Grid;

/**
 * w = scale[block] · table[code]. With the integers −most … most as table, these are BCT's block
 * floating integers. Where zero is a level, a block of zeros is exact whatever its scale.
 *
 * <p>Source: Dong and Chen, BCT (arXiv 2304.01483), as reconstructed in our notes: q =
 * clamp(round(x · 2^s)).
 */
public final class BlockGrid implements Grid {
  private final int rows;
  private final int cols;
  private final BlockShape shape;
  private final Codebook table;
  private final byte[] levels;
  private final float[] scales;
  private final Nearest nearest;

  /**
   * @param shape with sides of at least 1
   * @param scales [down × across] row-major, finite, &gt; 0
   */
  public BlockGrid(int rows, int cols, BlockShape shape, Codebook table, float[] scales) {
    int expected = shape.count(rows, cols);
    if (shape.height() < 1 || shape.width() < 1 || scales.length != expected) {
      throw new IllegalArgumentException(
          "expected %d scales for %d x %d in blocks of %s but got %d"
              .formatted(expected, rows, cols, shape.words(), scales.length));
    }
    this.rows = rows;
    this.cols = cols;
    this.shape = shape;
    this.table = table;
    this.levels = table.levels();
    this.scales = scales;
    this.nearest = Nearest.of(table);
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int cols() {
    return cols;
  }

  public BlockShape shape() {
    return shape;
  }

  public Codebook table() {
    return table;
  }

  /** [down × across] row-major; not a copy. */
  public float[] scales() {
    return scales;
  }

  /** Blocks from left to right. */
  public int across() {
    return shape.across(cols);
  }

  /** The scale of the block that holds a weight. */
  public float scale(int row, int col) {
    return scales[row / shape.height() * across() + col / shape.width()];
  }

  @Override
  public int bits() {
    return table.bits();
  }

  @Override
  public int encode(int row, int col, double w) {
    return nearest.code(w / scale(row, col));
  }

  @Override
  public double decode(int row, int col, int code) {
    return (double) scale(row, col) * levels[code];
  }
}
