package io.compressor.solver.lowrank;

import java.util.Arrays;

/**
 * W ≈ U·V with components in order of importance: component k is column k of U times row k of V,
 * and the first b of them are the approximation of rank b.
 *
 * @param u [out × rank] row-major
 * @param v [rank × in] row-major
 * @param strength [rank] how much output a component makes: its singular value, of W or of W times
 *     the root of the Hessian
 */
public record Factors(int out, int in, int rank, float[] u, float[] v, double[] strength) {
  public Factors {
    if (rank < 1 || u.length != out * rank || v.length != rank * in || strength.length != rank) {
      throw new IllegalArgumentException(
          "factors of %d x %d at rank %d have %d and %d numbers"
              .formatted(out, in, rank, u.length, v.length));
    }
  }

  /** Numbers in factors of a rank. */
  public static long parameters(int out, int in, int rank) {
    return (long) rank * (out + in);
  }

  /** The largest rank at which factors are smaller than the weight; 0 when there is none. */
  public static int largestUseful(int out, int in) {
    return Math.toIntExact(((long) out * in - 1) / (out + in));
  }

  /** The first components. */
  public Factors head(int components) {
    if (components == rank) {
      return this;
    }
    float[] less = new float[out * components];
    for (int r = 0; r < out; r++) {
      System.arraycopy(u, r * rank, less, r * components, components);
    }
    return new Factors(
        out,
        in,
        components,
        less,
        Arrays.copyOf(v, components * in),
        Arrays.copyOf(strength, components));
  }

  /** U·V [out × in], summed in fp64. */
  public float[] product() {
    float[] w = new float[out * in];
    double[] row = new double[in];
    for (int r = 0; r < out; r++) {
      Arrays.fill(row, 0);
      for (int k = 0; k < rank; k++) {
        double a = u[r * rank + k];
        for (int c = 0; c < in; c++) {
          row[c] += a * v[k * in + c];
        }
      }
      for (int c = 0; c < in; c++) {
        w[r * in + c] = (float) row[c];
      }
    }
    return w;
  }

  /** Share of Σ strength² that the components from each rank on hold, [rank + 1]; ends with 0. */
  public double[] tails() {
    double[] tails = new double[rank + 1];
    for (int k = rank - 1; k >= 0; k--) {
      tails[k] = tails[k + 1] + strength[k] * strength[k];
    }
    double whole = tails[0] > 0 ? tails[0] : 1;
    for (int k = 0; k <= rank; k++) {
      tails[k] /= whole;
    }
    return tails;
  }
}
