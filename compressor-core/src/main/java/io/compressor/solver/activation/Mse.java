package io.compressor.solver.activation;

/**
 * Least mean square error of the quantized activation: step²/12 for each element inside, the
 * squared distance to the edge for each outside; exact zeros are free. All windows around 0 are
 * compared on a grid of {@value #CANDIDATES} edges a side.
 *
 * @param levels of the quantized activation, 256 for uint8
 */
public record Mse(int levels) implements RangeCalibrator {
  /** For uint8. */
  public static final Mse UINT8 = new Mse(256);

  private static final int CANDIDATES = 256;

  public Mse {
    if (levels < 2) {
      throw new IllegalArgumentException("levels must be >= 2 but was " + levels);
    }
  }

  @Override
  public ActivationRange range(double min, double max, long[] counts) {
    Bins bins = new Bins(min, max, counts);
    double[] smooth = bins.smooth();
    double[] mass = new double[bins.count + 1];
    double[] below = new double[bins.count + 1];
    double[] above = new double[bins.count + 1];
    for (int i = 0; i < bins.count; i++) {
      mass[i + 1] = mass[i] + smooth[i];
    }
    int step = Math.max(1, bins.count / CANDIDATES);
    int zero = bins.zero();
    for (int from = 0; from <= zero; from += step) {
      below[from] = clipped(bins, smooth, 0, from, bins.edge(from));
    }
    for (int to = bins.count; to > zero; to -= step) {
      above[to] = clipped(bins, smooth, to, bins.count, bins.edge(to));
    }
    double best = Double.POSITIVE_INFINITY;
    int bestFrom = 0;
    int bestTo = bins.count;
    for (int from = 0; from <= zero; from += step) {
      double low = Math.min(0, bins.edge(from));
      for (int to = bins.count; to > zero; to -= step) {
        double width = (Math.max(0, bins.edge(to)) - low) / (levels - 1);
        double error = (mass[to] - mass[from]) * width * width / 12 + below[from] + above[to];
        if (error < best) {
          best = error;
          bestFrom = from;
          bestTo = to;
        }
      }
    }
    return new ActivationRange(bins.edge(bestFrom), bestTo == bins.count ? max : bins.edge(bestTo));
  }

  private static double clipped(Bins bins, double[] counts, int from, int to, double edge) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      double d = bins.center(i) - edge;
      sum += counts[i] * d * d;
    }
    return sum;
  }
}
