package io.compressor.solver;

/**
 * A grid on which some weights can only be 0, so that whoever chooses codes moves what they were
 * into the others. Codes mean what they mean on the grid inside.
 *
 * @param grid has 0 among the levels of every weight that goes
 * @param kept [rows × cols], false for weights that go
 */
public record MaskedGrid(Grid grid, boolean[] kept) implements Grid {
  public MaskedGrid {
    if (kept.length != grid.rows() * grid.cols()) {
      throw new IllegalArgumentException(
          "expected a mask of %d x %d but got %d".formatted(grid.rows(), grid.cols(), kept.length));
    }
  }

  @Override
  public int rows() {
    return grid.rows();
  }

  @Override
  public int cols() {
    return grid.cols();
  }

  @Override
  public int bits() {
    return grid.bits();
  }

  @Override
  public int encode(int row, int col, double w) {
    return grid.encode(row, col, kept[row * grid.cols() + col] ? w : 0);
  }

  @Override
  public double decode(int row, int col, int code) {
    return grid.decode(row, col, code);
  }
}
