package io.compressor.solver.activation;

/**
 * Keeps the most information: the window of bins whose clipped distribution P is nearest, by
 * Kullback-Leibler divergence, to what is left of it after quantization, Q.
 *
 * <p>Source: Migacz, "8-bit Inference with TensorRT" (GTC 2017). P gets the elements outside added
 * to its edge bins, Q does not; Q spreads each level evenly over the bins of it that are not empty.
 * Deviations: both ends of the window move (one after the other until neither gains) where TensorRT
 * has one threshold on |x|. A histogram must be finer than the levels, or every window looks
 * perfect and the answer is min-max in disguise; fewer than 4 bins a level are refused.
 *
 * @param levels of the quantized activation, 256 for uint8
 */
public record Entropy(int levels) implements RangeCalibrator {
  /** For uint8. */
  public static final Entropy UINT8 = new Entropy(256);

  private static final int CANDIDATES = 256;
  private static final int SWEEPS = 4;

  public Entropy {
    if (levels < 2) {
      throw new IllegalArgumentException("levels must be >= 2 but was " + levels);
    }
  }

  @Override
  public ActivationRange range(double min, double max, long[] counts) {
    if (counts.length < 4 * levels) {
      throw new IllegalArgumentException(
          "entropy calibration of %d levels needs at least %d bins but got %d"
              .formatted(levels, 4 * levels, counts.length));
    }
    Bins bins = new Bins(min, max, counts);
    double[] smooth = bins.smooth();
    int zero = bins.zero();
    int from = 0;
    int to = bins.count;
    int step = Math.max(1, bins.count / CANDIDATES);
    double best = divergence(smooth, from, to);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      double before = best;
      for (int end = bins.count; end > zero && end - from >= levels; end -= step) {
        double d = divergence(smooth, from, end);
        if (d < best) {
          best = d;
          to = end;
        }
      }
      for (int start = 0; start <= zero && to - start >= levels; start += step) {
        double d = divergence(smooth, start, to);
        if (d < best) {
          best = d;
          from = start;
        }
      }
      if (best == before) {
        break;
      }
    }
    return new ActivationRange(bins.edge(from), to == bins.count ? max : bins.edge(to));
  }

  /** KL(P ‖ Q) of the window [from, to); infinite where P has mass that Q cannot show. */
  private double divergence(double[] counts, int from, int to) {
    double below = 0;
    for (int i = 0; i < from; i++) {
      below += counts[i];
    }
    double above = 0;
    for (int i = to; i < counts.length; i++) {
      above += counts[i];
    }
    double inside = 0;
    for (int i = from; i < to; i++) {
      inside += counts[i];
    }
    if (inside == 0 || (below > 0 && counts[from] == 0) || (above > 0 && counts[to - 1] == 0)) {
      return Double.POSITIVE_INFINITY;
    }
    double all = below + inside + above;
    double sum = 0;
    for (int level = 0; level < levels; level++) {
      int start = from + (int) ((long) level * (to - from) / levels);
      int end = from + (int) ((long) (level + 1) * (to - from) / levels);
      double mass = 0;
      int filled = 0;
      for (int i = start; i < end; i++) {
        mass += counts[i];
        filled += counts[i] > 0 ? 1 : 0;
      }
      double q = mass / Math.max(1, filled) / inside;
      for (int i = start; i < end; i++) {
        double elements = counts[i] + (i == from ? below : 0) + (i == to - 1 ? above : 0);
        if (elements > 0) {
          double p = elements / all;
          sum += p * Math.log(p / q);
        }
      }
    }
    return sum;
  }
}
