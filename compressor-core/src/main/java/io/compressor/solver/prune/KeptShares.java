package io.compressor.solver.prune;

import java.util.Arrays;
import java.util.List;

/**
 * How many weights each layer keeps, by rules that look at sizes or at scores but not at data.
 * Every rule keeps at most the number asked for and keeps what it can of it.
 */
public final class KeptShares {
  private static final int ROUNDS = 200;

  private KeptShares() {}

  /**
   * One factor for all layers: layer i keeps the share clamp(x · factor_i, least_i, most_i).
   *
   * <p>Uniform is factor 1 everywhere. Uniform+ (Gale, Elsen, Hooker, arXiv 1902.09574) has 1 as
   * the least share of the first convolution and 0.2 of the last layer. ERK (Evci et al., arXiv
   * 1911.11134) has {@link #erdosRenyi} as factors.
   *
   * @param sizes weights of each layer
   * @param least shares that must be kept where that is possible at all
   * @param most shares that there still are
   * @param total weights to keep in all layers together
   */
  public static int[] scaled(
      int[] sizes, double[] factors, double[] least, double[] most, long total) {
    double low = 0;
    double high = 1;
    while (kept(sizes, factors, least, most, high) < total
        && kept(sizes, factors, least, most, high) > kept(sizes, factors, least, most, high / 2)) {
      high *= 2;
    }
    if (kept(sizes, factors, least, most, high) <= total) {
      return counts(sizes, factors, least, most, high);
    }
    double[] lower = least;
    if (kept(sizes, factors, least, most, 0) > total) {
      lower = new double[least.length]; // the least shares alone are too much
    }
    for (int i = 0; i < ROUNDS; i++) {
      double middle = (low + high) / 2;
      if (kept(sizes, factors, lower, most, middle) > total) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return counts(sizes, factors, lower, most, low);
  }

  /** (out + in + kernel sizes) / (out · in · kernel sizes). */
  public static double erdosRenyi(long[] dims) {
    double sum = 0;
    double product = 1;
    for (long d : dims) {
      sum += d;
      product *= d;
    }
    return sum / product;
  }

  /**
   * One threshold for all layers: the largest scores are kept, wherever they are.
   *
   * @param ascending scores of each layer; negative ones are gone and are never kept
   */
  public static int[] byThreshold(List<float[]> ascending, long total) {
    int all = ascending.stream().mapToInt(s -> s.length).sum();
    float[] pool = new float[all];
    int at = 0;
    for (float[] scores : ascending) {
      System.arraycopy(scores, 0, pool, at, scores.length);
      at += scores.length;
    }
    Arrays.sort(pool);
    int[] kept = new int[ascending.size()];
    if (total <= 0) {
      return kept;
    }
    float limit = pool[(int) Math.max(0, all - total)];
    long left = total;
    for (int i = 0; i < kept.length; i++) {
      for (float score : ascending.get(i)) {
        kept[i] += score > limit && score >= 0 ? 1 : 0;
      }
      left -= kept[i];
    }
    for (int i = 0; i < kept.length && limit >= 0; i++) {
      for (float score : ascending.get(i)) {
        if (score == limit && left > 0) {
          kept[i]++;
          left--;
        }
      }
    }
    return kept;
  }

  /**
   * LAMP (Lee et al., arXiv 2010.07611): w² over the sum of the squares of all that are no smaller.
   *
   * @param magnitudes ascending; negative = gone
   * @return scores in the same order, ascending as well
   */
  public static float[] lamp(float[] magnitudes) {
    float[] scores = new float[magnitudes.length];
    double rest = 0;
    for (int i = magnitudes.length - 1; i >= 0; i--) {
      double square = (double) magnitudes[i] * magnitudes[i];
      rest += magnitudes[i] < 0 ? 0 : square;
      scores[i] = magnitudes[i] < 0 ? -1 : rest == 0 ? 0 : (float) (square / rest);
    }
    return scores;
  }

  private static long kept(int[] sizes, double[] factors, double[] least, double[] most, double x) {
    long sum = 0;
    for (int count : counts(sizes, factors, least, most, x)) {
      sum += count;
    }
    return sum;
  }

  private static int[] counts(
      int[] sizes, double[] factors, double[] least, double[] most, double x) {
    int[] counts = new int[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      double share = Math.min(Math.max(x * factors[i], least[i]), most[i]);
      counts[i] = (int) Math.floor(share * sizes[i] * (1 + 1e-12));
    }
    return counts;
  }
}
