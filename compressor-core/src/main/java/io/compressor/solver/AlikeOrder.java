package io.compressor.solver;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * An order of items in which neighbours are alike: cut in two along the direction in which they
 * differ most, and so on until a part is as small as a group.
 *
 * <p>JLCM (Yvinec et al., arXiv 2309.17361) clusters neurons and reorders them; its algorithm is
 * not published in what we could read, this is ours (principal direction divisive partitioning,
 * Boley 1998, with parts of whole groups). Deterministic; ties keep the order they had.
 */
public final class AlikeOrder {
  private static final int ITERATIONS = 15;

  private final float[] features;
  private final int width;
  private final int group;

  private AlikeOrder(float[] features, int width, int group) {
    this.features = features;
    this.width = width;
    this.group = group;
  }

  /**
   * @param features [items, width]
   * @param group items that stand next to each other in one group
   * @return the items in their new order
   */
  public static int[] of(float[] features, int width, int group) {
    int items = features.length / width;
    int[] order = IntStream.range(0, items).toArray();
    new AlikeOrder(features, width, group).divide(order, 0, items);
    return order;
  }

  private void divide(int[] order, int from, int to) {
    int count = to - from;
    if (count <= group) {
      return;
    }
    double[] along = along(order, from, to);
    int[] places =
        IntStream.range(0, count)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> along[i]))
            .mapToInt(i -> order[from + i])
            .toArray();
    System.arraycopy(places, 0, order, from, count);
    int half = from + Math.max(1, count / group / 2) * group;
    divide(order, from, half);
    divide(order, half, to);
  }

  /** Each item's part along the first principal direction, by power iteration. */
  private double[] along(int[] order, int from, int to) {
    int count = to - from;
    double[] mean = new double[width];
    for (int i = from; i < to; i++) {
      for (int k = 0; k < width; k++) {
        mean[k] += features[order[i] * width + k];
      }
    }
    for (int k = 0; k < width; k++) {
      mean[k] /= count;
    }
    double[] direction = farthest(order, from, to, mean);
    double[] along = new double[count];
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
      double length = Math.sqrt(Arrays.stream(direction).map(d -> d * d).sum());
      if (length == 0) {
        return along; // all alike
      }
      double[] next = new double[width];
      for (int i = 0; i < count; i++) {
        int at = order[from + i] * width;
        double sum = 0;
        for (int k = 0; k < width; k++) {
          sum += (features[at + k] - mean[k]) * direction[k];
        }
        along[i] = sum / length;
        for (int k = 0; k < width; k++) {
          next[k] += along[i] * (features[at + k] - mean[k]);
        }
      }
      direction = next;
    }
    return along;
  }

  /** The item that is farthest from the mean, as a start that is never across all of them. */
  private double[] farthest(int[] order, int from, int to, double[] mean) {
    double best = -1;
    int item = order[from];
    for (int i = from; i < to; i++) {
      double squares = 0;
      for (int k = 0; k < width; k++) {
        double d = features[order[i] * width + k] - mean[k];
        squares += d * d;
      }
      if (squares > best) {
        best = squares;
        item = order[i];
      }
    }
    double[] direction = new double[width];
    double sum = 0;
    for (int k = 0; k < width; k++) {
      direction[k] = features[item * width + k] - mean[k];
      sum += direction[k];
    }
    double sign = sum < 0 ? -1 : 1; // small ones first, in every part
    for (int k = 0; k < width; k++) {
      direction[k] *= sign;
    }
    return direction;
  }
}
