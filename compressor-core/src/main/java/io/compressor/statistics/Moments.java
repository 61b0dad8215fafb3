package io.compressor.statistics;

import io.compressor.solver.Hessian;
import java.util.Arrays;

/**
 * First and second moments of a layer's input vectors x over the data, one set for each group of a
 * grouped convolution (everything else has one group).
 *
 * @param size length of x: the weight's columns
 * @param products Σ w x xᵀ, [groups × size × size] row-major, both triangles; w = 1 unless row
 *     weights were asked for
 * @param sums Σ x, [groups × size]
 * @param rows vectors seen, the same in every group
 * @param weight Σ w
 */
public record Moments(
    int groups, int size, double[] products, double[] sums, long rows, double weight) {

  /** H = Σ w x xᵀ / Σ w of one group. */
  public Hessian hessian(int group) {
    int n = size * size;
    double[] values = Arrays.copyOfRange(products, group * n, (group + 1) * n);
    double scale = weight > 0 ? 1 / weight : 0;
    for (int i = 0; i < n; i++) {
      values[i] *= scale;
    }
    return new Hessian(size, values, rows);
  }

  /** H of a layer that is not grouped. */
  public Hessian hessian() {
    if (groups != 1) {
      throw new IllegalStateException("there are " + groups + " groups, name one");
    }
    return hessian(0);
  }

  /** Mean x of one group [size]. */
  public double[] mean(int group) {
    double[] mean = Arrays.copyOfRange(sums, group * size, (group + 1) * size);
    for (int i = 0; i < size && rows > 0; i++) {
      mean[i] /= rows;
    }
    return mean;
  }
}
