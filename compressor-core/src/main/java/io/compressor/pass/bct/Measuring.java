package io.compressor.pass.bct;

import io.compressor.engine.Engine;
import io.compressor.graph.Site;
import io.compressor.graph.rewrite.RowBands;
import io.compressor.pass.weights.SiteTask;
import io.compressor.solver.allocate.Option;
import io.compressor.solver.block.BlockFitter;
import io.compressor.solver.block.BlockGrid;
import io.compressor.solver.block.BlockSpec;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * What each candidate costs and loses. The loss is noise over signal, Σ(w − q)² / Σw²: through
 * norms and residuals relative errors of layers add up, whatever the size of the layer, and that is
 * all that can be known without data.
 */
final class Measuring {
  /** Weights looked at, whole bands of rows evenly spread. */
  private static final int SAMPLE = 1 << 17;

  private static final int BAND = 128;

  private Measuring() {}

  static List<Option> options(Site site, List<Candidate> candidates, OptionalInt limit) {
    float[] w = sample(site);
    int rows = w.length / site.in();
    double signal = 0;
    for (float v : w) {
      signal += (double) v * v;
    }
    double whole = signal == 0 ? 1 : signal;
    double share = RowBands.share(site.name());
    return candidates.stream()
        .map(c -> Option.of(error(w, rows, site.in(), c.spec(), limit) / whole * share, c.bytes()))
        .toList();
  }

  /** Of the blocks, and with a limit of rounding them to int8 where a row has several. */
  private static double error(float[] w, int rows, int cols, BlockSpec spec, OptionalInt limit) {
    BlockFitter.Fitted fitted = BlockFitter.fitted(w, rows, cols, spec, Engine.direct());
    BlockGrid grid = fitted.grid();
    if (limit.isEmpty() || grid.across() == 1) {
      return fitted.error();
    }
    double rounding = 0;
    for (int from = 0; from < grid.scales().length; from += grid.across()) {
      double widest = 0;
      for (int a = 0; a < grid.across(); a++) {
        widest = Math.max(widest, grid.scales()[from + a]);
      }
      double unit = widest * spec.table().most() / limit.getAsInt();
      rounding += unit * unit / 12 * grid.shape().height() * cols;
    }
    return fitted.error() + rounding * Math.min(1, (double) w.length / (rows * (double) cols));
  }

  private static float[] sample(Site site) {
    float[] w = SiteTask.finiteWeight(site);
    if (w.length <= SAMPLE) {
      return w;
    }
    int bands = Math.max(1, SAMPLE / (BAND * site.in()));
    int rows = Math.min(site.out(), bands * BAND);
    float[] some = new float[rows * site.in()];
    for (int b = 0; b * BAND < rows; b++) {
      int height = Math.min(BAND, rows - b * BAND);
      int start = (int) ((long) (site.out() - height) * (b + 1) / (bands + 1));
      float[] band = Arrays.copyOfRange(w, start * site.in(), (start + height) * site.in());
      System.arraycopy(band, 0, some, b * BAND * site.in(), band.length);
    }
    return some;
  }
}
