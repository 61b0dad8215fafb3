package io.compressor.solver;

import org.jspecify.annotations.Nullable;

/**
 * Finds scale and zero point of one group of weights. Holds scratch only: one instance serves one
 * thread, group after group.
 *
 * <p>Symmetric (QuaRot, RSQ): maxq = 2^(b−1) − 1, scale = max|w| / maxq, codes −maxq−1 … maxq.
 * Asymmetric: lo = min(w, 0), hi = max(w, 0), scale = (hi − lo) / (2^b − 1), zero = rint(−lo /
 * scale); an all-zero group takes lo = −1, hi = 1.
 *
 * <p>Deviations: the published floor of 1e-5 on max|w| would wipe out layers with tiny weights;
 * here only the smallest normal float is the floor, and an all-zero symmetric group has scale 1.
 */
final class GroupFit {
  private static final int STRIDE = 32;

  private final QuantSpec spec;
  private final ClipSearch search;
  private final PowerTable power;
  private final int tries;

  private float scale;
  private int zero;
  private double error;

  GroupFit(QuantSpec spec, ClipSearch search) {
    this.spec = spec;
    this.search = search;
    this.power = new PowerTable(search.norm());
    this.tries = spec.clipSearch() ? search.tries() : 1;
  }

  float scale() {
    return scale;
  }

  int zero() {
    return zero;
  }

  /** Σ h·|q − w|^norm of the grid found. */
  double error() {
    return error;
  }

  /**
   * @param w holds the group at [from, to)
   * @param h column weights for w[from …), read from index {@code column}; null = all 1
   */
  void fit(double[] w, int from, int to, double @Nullable [] h, int column) {
    double lo = 0;
    double hi = 0;
    for (int i = from; i < to; i++) {
      lo = Math.min(lo, w[i]);
      hi = Math.max(hi, w[i]);
    }
    error = Double.POSITIVE_INFINITY;
    boolean empty = lo == 0 && hi == 0;
    for (int i = 0; i < (empty ? 1 : tries); i++) {
      double p = 1 - (double) i / search.grid();
      if (spec.symmetric()) {
        trySymmetric(p * lo, p * hi, w, from, to, h, column);
      } else if (empty) {
        tryGrid(2.0 / (spec.levels() - 1), -1, w, from, to, h, column);
      } else {
        tryGrid(p * (hi - lo) / (spec.levels() - 1), p * lo, w, from, to, h, column);
      }
    }
  }

  private void trySymmetric(
      double lo, double hi, double[] w, int from, int to, double @Nullable [] h, int column) {
    int half = spec.levels() / 2;
    double most = Math.max(-lo, hi);
    double step = most == 0 ? 1 : most / (half - 1);
    attempt((float) floor(step), half, w, from, to, h, column);
    if (search.extraLevel() == ClipSearch.ExtraLevel.BEST && most > 0) {
      attempt((float) -floor(step), half, w, from, to, h, column);
      double signed = floor(most / half);
      attempt((float) (hi > -lo ? -signed : signed), half, w, from, to, h, column);
    }
  }

  private void tryGrid(
      double step, double lo, double[] w, int from, int to, double @Nullable [] h, int column) {
    double s = floor(step);
    double z = Math.max(0, Math.min(spec.levels() - 1, Math.rint(-lo / s)));
    attempt((float) s, (int) z, w, from, to, h, column);
  }

  private static double floor(double step) {
    return Math.max(Float.MIN_NORMAL, Math.min(Float.MAX_VALUE, step));
  }

  /** Keeps (s, z) if its error is less than the best; gives up as soon as it cannot be. */
  private void attempt(
      float s, int z, double[] w, int from, int to, double @Nullable [] h, int column) {
    double unit = power.of(Math.abs((double) s));
    double limit = error / unit;
    double inverse = 1.0 / s;
    double least = -z;
    double most = spec.levels() - 1 - z;
    double sum = 0;
    for (int start = from; start < to && sum < limit; start += STRIDE) {
      int end = Math.min(to, start + STRIDE);
      for (int i = start; i < end; i++) {
        double t = w[i] * inverse;
        double q = Math.max(least, Math.min(most, Math.rint(t)));
        double e = power.of(Math.abs(t - q));
        sum += h == null ? e : e * h[column + i - from];
      }
    }
    if (sum * unit < error || error == Double.POSITIVE_INFINITY) {
      error = sum * unit;
      scale = s;
      zero = z;
    }
  }
}
