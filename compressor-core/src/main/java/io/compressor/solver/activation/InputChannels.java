package io.compressor.solver.activation;

/**
 * The inputs x of a layer over the calibration data, channel by channel; four arrays [channels].
 *
 * @param min smallest x_j
 * @param max largest x_j
 * @param mean E[x_j]
 * @param meanSquare E[x_j²], the Hessian diagonal
 */
public record InputChannels(double[] min, double[] max, double[] mean, double[] meanSquare) {
  public InputChannels {
    int n = min.length;
    if (n == 0 || max.length != n || mean.length != n || meanSquare.length != n) {
      throw new IllegalArgumentException(
          "expected four arrays of one length but got %d, %d, %d, %d"
              .formatted(n, max.length, mean.length, meanSquare.length));
    }
    for (int j = 0; j < n; j++) {
      new ActivationRange(min[j], max[j]);
      if (!Double.isFinite(mean[j]) || !(meanSquare[j] >= 0) || Double.isInfinite(meanSquare[j])) {
        throw new IllegalArgumentException(
            "channel %d has mean %s and mean square %s".formatted(j, mean[j], meanSquare[j]));
      }
    }
  }

  public int channels() {
    return min.length;
  }

  /** The channels of x − c. */
  InputChannels shifted(double[] c) {
    int n = channels();
    double[] low = new double[n];
    double[] high = new double[n];
    double[] middle = new double[n];
    double[] square = new double[n];
    for (int j = 0; j < n; j++) {
      low[j] = min[j] - c[j];
      high[j] = max[j] - c[j];
      middle[j] = mean[j] - c[j];
      square[j] = Math.max(0, meanSquare[j] - 2 * c[j] * mean[j] + c[j] * c[j]);
    }
    return new InputChannels(low, high, middle, square);
  }
}
