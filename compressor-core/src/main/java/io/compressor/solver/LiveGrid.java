package io.compressor.solver;

/**
 * Fits the groups of a uniform grid anew while {@link GptqSweep} walks through them in natural
 * order. Threads touch different rows only.
 */
final class LiveGrid {
  private final UniformGrid grid;
  private final QuantSpec spec;
  private final GridFitter fitter;

  LiveGrid(UniformGrid grid, QuantSpec spec, GridFitter fitter) {
    this.grid = grid;
    this.spec = spec;
    this.fitter = fitter;
  }

  /** The block size nearest above that does not cut a group. */
  int wholeGroups(int blockSize) {
    int group = grid.group();
    return Math.min(
        (grid.cols() + group - 1) / group * group, (blockSize + group - 1) / group * group);
  }

  /** Scratch of one thread. */
  Fitting fitting() {
    return new Fitting();
  }

  /** Fits group after group. */
  final class Fitting {
    private final GroupFit fit = new GroupFit(spec, fitter.search());
    private final double[] pending = new double[grid.group()];
    private final double[] current = new double[grid.group()];

    boolean startsAt(int column) {
      return column % grid.group() == 0;
    }

    /**
     * Current weights of the group are what the walk would give if rounding cost nothing from here
     * on: the triangular solve x R = acc over the group's columns.
     */
    void refit(int row, int column, double[] acc, double[][] lower, float[] w) {
      int n = grid.cols();
      int width = Math.min(grid.group(), n - column);
      int last = n - 1 - column;
      int first = last - width + 1;
      System.arraycopy(acc, first, pending, 0, width);
      for (int p = last; p >= first; p--) {
        double x = pending[p - first] / lower[p][p];
        current[last - p] = w[row * n + column + last - p] + x;
        for (int k = first; k < p; k++) {
          pending[k - first] -= x * lower[p][k];
        }
      }
      fit.fit(current, 0, width, fitter.columnWeights().orElse(null), column);
      int g = row * grid.groups() + column / grid.group();
      grid.scales()[g] = fit.scale();
      grid.zeros()[g] = (byte) fit.zero();
    }
  }
}
