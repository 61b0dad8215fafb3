package io.compressor.solver.activation;

/**
 * A histogram made ready for searches. The bin that holds 0 may carry a spike of exact zeros (ReLU,
 * padding), which every grid represents without error; {@link #smooth} is the histogram without it.
 */
final class Bins {
  final double min;
  final double width;
  final int count;
  final long[] counts;

  Bins(double min, double max, long[] counts) {
    new ActivationRange(min, max);
    long total = 0;
    for (long c : counts) {
      if (c < 0) {
        throw new IllegalArgumentException("a bin holds " + c + " elements");
      }
      total += c;
    }
    if (total == 0) {
      throw new IllegalArgumentException("the histogram is empty");
    }
    this.min = min;
    this.count = counts.length;
    this.width = (max - min) / count;
    this.counts = counts;
  }

  /** Lower edge of a bin; {@code edge(count)} is the upper end. */
  double edge(int bin) {
    return min + bin * width;
  }

  double center(int bin) {
    return min + (bin + 0.5) * width;
  }

  long total() {
    long total = 0;
    for (long c : counts) {
      total += c;
    }
    return total;
  }

  /** First bin with elements. */
  int first() {
    int bin = 0;
    while (counts[bin] == 0) {
      bin++;
    }
    return bin;
  }

  /** One past the last bin with elements. */
  int end() {
    int bin = count;
    while (counts[bin - 1] == 0) {
      bin--;
    }
    return bin;
  }

  /** Bin of the number 0, moved to the nearest bin when 0 lies outside. */
  int zero() {
    if (width == 0) {
      return 0;
    }
    return (int) Math.max(0, Math.min(count - 1, Math.floor(-min / width)));
  }

  /**
   * Counts in which the zero bin is no higher than its neighbours. Source: TensorRT's calibrator,
   * which drops the zeros in the same way ({@code bins[0] = bins[1]}).
   */
  double[] smooth() {
    double[] smooth = new double[count];
    for (int i = 0; i < count; i++) {
      smooth[i] = counts[i];
    }
    int zero = zero();
    boolean inside = edge(zero) <= 0 && 0 <= edge(zero + 1);
    if (inside && count > 2) {
      double left = zero > 0 ? smooth[zero - 1] : 0;
      double right = zero + 1 < count ? smooth[zero + 1] : 0;
      smooth[zero] = Math.min(smooth[zero], Math.max(left, right));
    }
    return smooth;
  }
}
