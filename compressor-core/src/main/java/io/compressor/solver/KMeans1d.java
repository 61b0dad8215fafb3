package io.compressor.solver;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Optimal weighted k-means of numbers on a line: minimises Σ weight·(value − nearest centre)²
 * exactly, by dynamic programming over sorted values with divide and conquer over the monotone cut
 * points. No seeds, no local optima.
 *
 * <p>Source: Wang and Song, "Ckmeans.1d.dp" (2011), with the O(k·n·log n) refinement. Memory: k·n
 * ints; for large data use {@link #binned}.
 */
public final class KMeans1d {
  /**
   * @param centers ascending; fewer than k when there are fewer distinct values
   * @param error Σ weight·(value − centre)²
   */
  public record Clusters(double[] centers, double error) {}

  private final double[] value;
  private final double[] weightSum;
  private final double[] sum;
  private final double[] squareSum;
  private final int n;
  private double[] previous;
  private double[] current;

  private KMeans1d(double[] value, double[] weight) {
    n = value.length;
    this.value = value;
    weightSum = new double[n + 1];
    sum = new double[n + 1];
    squareSum = new double[n + 1];
    double total = Arrays.stream(weight).sum();
    double mean = 0;
    for (int i = 0; i < n; i++) {
      mean += value[i] * (weight[i] / total);
    }
    for (int i = 0; i < n; i++) {
      double v = value[i] - mean; // centred, or the difference of squares loses its digits
      weightSum[i + 1] = weightSum[i] + weight[i];
      sum[i + 1] = sum[i] + weight[i] * v;
      squareSum[i + 1] = squareSum[i] + weight[i] * v * v;
    }
    previous = new double[n];
    current = new double[n];
  }

  /**
   * @param values finite
   * @param weights one for each value, finite and ≥ 0; values of weight 0 are ignored
   * @param k at least 1
   */
  public static Clusters cluster(double[] values, double[] weights, int k) {
    if (k < 1 || values.length != weights.length) {
      throw new IllegalArgumentException(
          "expected k >= 1 and a weight for each value but got k = %d, %d values, %d weights"
              .formatted(k, values.length, weights.length));
    }
    int[] order =
        IntStream.range(0, values.length)
            .filter(i -> weights[i] > 0)
            .boxed()
            .sorted((a, b) -> Double.compare(values[a], values[b]))
            .mapToInt(i -> i)
            .toArray();
    double[] v = new double[order.length];
    double[] w = new double[order.length];
    int n = 0;
    for (int i : order) {
      if (n > 0 && v[n - 1] == values[i]) {
        w[n - 1] += weights[i];
      } else {
        v[n] = values[i];
        w[n++] = weights[i];
      }
    }
    v = Arrays.copyOf(v, n);
    if (n <= k) {
      return new Clusters(v, 0);
    }
    return new KMeans1d(v, Arrays.copyOf(w, n)).run(k);
  }

  /**
   * The same after pooling values into {@code bins} equal cells, each with its own mean: centres
   * are optimal up to the cell width.
   */
  public static Clusters binned(double[] values, double[] weights, int k, int bins) {
    double low = Arrays.stream(values).min().orElse(0);
    double high = Arrays.stream(values).max().orElse(0);
    if (high == low) {
      return cluster(values, weights, k);
    }
    double[] mass = new double[bins];
    double[] moment = new double[bins];
    double perUnit = bins / (high - low);
    for (int i = 0; i < values.length; i++) {
      int bin = Math.min(bins - 1, (int) ((values[i] - low) * perUnit));
      mass[bin] += weights[i];
      moment[bin] += weights[i] * values[i];
    }
    for (int b = 0; b < bins; b++) {
      moment[b] = mass[b] > 0 ? moment[b] / mass[b] : 0;
    }
    return cluster(moment, mass, k);
  }

  private Clusters run(int k) {
    int[][] cut = new int[k][n];
    for (int i = 0; i < n; i++) {
      current[i] = cost(0, i);
    }
    for (int q = 1; q < k; q++) {
      double[] swap = previous;
      previous = current;
      current = swap;
      fill(cut[q], q, n - 1, q, n - 1);
    }
    double[] centers = new double[k];
    double error = current[n - 1];
    int end = n - 1;
    for (int q = k - 1; q >= 0; q--) {
      int start = q == 0 ? 0 : cut[q][end];
      centers[q] = center(start, end);
      end = start - 1;
    }
    return new Clusters(centers, error);
  }

  /** Best last cluster for each end in [lo, hi]; its start is known to lie in [least, most]. */
  private void fill(int[] cut, int lo, int hi, int least, int most) {
    if (lo > hi) {
      return;
    }
    int mid = (lo + hi) >>> 1;
    double best = Double.POSITIVE_INFINITY;
    int at = least;
    for (int start = least; start <= Math.min(mid, most); start++) {
      double e = previous[start - 1] + cost(start, mid);
      if (e < best) {
        best = e;
        at = start;
      }
    }
    current[mid] = best;
    cut[mid] = at;
    fill(cut, lo, mid - 1, least, at);
    fill(cut, mid + 1, hi, at, most);
  }

  private double cost(int from, int to) {
    double s = sum[to + 1] - sum[from];
    double e = squareSum[to + 1] - squareSum[from] - s * s / (weightSum[to + 1] - weightSum[from]);
    return Math.max(0, e);
  }

  private double center(int from, int to) {
    double moment = 0;
    double mass = 0;
    for (int i = from; i <= to; i++) {
      double w = weightSum[i + 1] - weightSum[i];
      moment += w * (value[i] - value[from]);
      mass += w;
    }
    return value[from] + moment / mass;
  }
}
