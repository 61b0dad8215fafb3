package io.compressor.solver;

import io.compressor.engine.Engine;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Weighted k-means of vectors: k-means++ (Arthur and Vassilvitskii 2007) on some of them, then
 * Lloyd's rounds on all. A codeword that no vector chose becomes the vector that is worst off. Sums
 * are taken over fixed parts in order, so threads do not change the result.
 */
final class VectorKMeans {
  private static final int PART = 1 << 12;
  private static final int SEEDS_FROM = 1 << 13;
  private static final double WORTH_GOING_ON = 0.999;

  private final Points points;
  private final SplittableRandom random;
  private final Engine engine;

  /**
   * @param length numbers in a vector
   * @param values [vectors × length]
   * @param weights of each number, [vectors × length], ≥ 0; 0 where there is none
   */
  record Points(int length, float[] values, float[] weights) {
    int count() {
      return values.length / length;
    }

    double distance(int vector, float[] centers, int center) {
      double sum = 0;
      for (int j = 0; j < length; j++) {
        double d = values[vector * length + j] - centers[center * length + j];
        sum += weights[vector * length + j] * d * d;
      }
      return sum;
    }
  }

  VectorKMeans(Points points, SplittableRandom random, Engine engine) {
    this.points = points;
    this.random = random;
    this.engine = engine;
  }

  /** Codewords [size × length]. */
  float[] run(int size, int rounds) {
    float[] centers = seeds(size);
    double before = Double.POSITIVE_INFINITY;
    for (int round = 0; round < rounds; round++) {
      double error = improve(centers);
      if (!(error < before * WORTH_GOING_ON)) {
        break;
      }
      before = error;
    }
    return centers;
  }

  private float[] seeds(int size) {
    int length = points.length();
    int n = Math.min(points.count(), SEEDS_FROM);
    int[] from = new int[n];
    Arrays.setAll(from, i -> (int) ((long) i * points.count() / n));
    double[] least = new double[n];
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    float[] centers = new float[size * length];
    int next = random.nextInt(n);
    for (int k = 0; k < size; k++) {
      System.arraycopy(points.values(), from[next] * length, centers, k * length, length);
      double all = 0;
      for (int i = 0; i < n; i++) {
        least[i] = Math.min(least[i], points.distance(from[i], centers, k));
        all += least[i];
      }
      next = drawn(least, all);
    }
    return centers;
  }

  /** An index with a chance that grows with its share. */
  private int drawn(double[] shares, double all) {
    double at = random.nextDouble() * all;
    int i = 0;
    while (i < shares.length - 1 && at >= shares[i]) {
      at -= shares[i++];
    }
    return i;
  }

  private record Sums(double[] values, double[] weights, double error, int worst, double most) {}

  /** One round; the error before it. */
  private double improve(float[] centers) {
    NearestVector nearest = NearestVector.of(centers, points.length());
    List<Sums> parts =
        engine.map(
            RowChunk.cut(0, points.count(), PART), part -> sums(part, nearest, centers.clone()));
    double[] values = new double[centers.length];
    double[] weights = new double[centers.length];
    double error = 0;
    for (Sums part : parts) {
      error += part.error();
      for (int i = 0; i < values.length; i++) {
        values[i] += part.values()[i];
        weights[i] += part.weights()[i];
      }
    }
    List<Sums> worst = parts.stream().sorted((a, b) -> Double.compare(b.most(), a.most())).toList();
    int taken = 0;
    for (int k = 0; k < nearest.size(); k++) {
      boolean empty = true;
      for (int i = k * points.length(); i < (k + 1) * points.length(); i++) {
        if (weights[i] > 0) {
          centers[i] = (float) (values[i] / weights[i]);
          empty = false;
        }
      }
      if (empty && taken < worst.size()) {
        int from = worst.get(taken++).worst() * points.length();
        System.arraycopy(points.values(), from, centers, k * points.length(), points.length());
      }
    }
    return error;
  }

  private Sums sums(RowChunk part, NearestVector nearest, float[] centers) {
    int length = points.length();
    double[] values = new double[centers.length];
    double[] weights = new double[centers.length];
    float[] scratch = new float[nearest.size()];
    double error = 0;
    double most = -1;
    int worst = part.from();
    for (int i = part.from(); i < part.to(); i++) {
      int at = i * length;
      int k = nearest.of(points.values(), at, points.weights(), at, scratch);
      double own = points.distance(i, centers, k);
      error += own;
      if (own > most) {
        most = own;
        worst = i;
      }
      for (int j = 0; j < length; j++) {
        float h = points.weights()[at + j];
        values[k * length + j] += (double) h * points.values()[at + j];
        weights[k * length + j] += h;
      }
    }
    return new Sums(values, weights, error, worst, most);
  }
}
