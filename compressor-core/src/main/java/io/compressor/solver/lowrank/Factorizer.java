package io.compressor.solver.lowrank;

import io.compressor.solver.Hessian;
import java.util.SplittableRandom;
import org.ojalgo.matrix.decomposition.Cholesky;
import org.ojalgo.matrix.decomposition.SingularValue;
import org.ojalgo.matrix.store.MatrixStore;
import org.ojalgo.matrix.store.R064Store;

/**
 * Full-rank factors of a weight, in fp64.
 *
 * <p>With P the left singular vectors of W·L, the best approximation of rank b is P_b P_bᵀ W, for
 * the error ‖(W − W_b) L‖; L = I makes it the truncated SVD, L Lᵀ = H the least output error on the
 * data behind H. L need not be inverted. Both factors of a component get the same norm (Maestro,
 * section 3: U = U_s √S, V = √S V_s).
 */
public final class Factorizer {
  /** Added to the Hessian's diagonal, as a share of its mean, so that every direction counts. */
  private static final double DAMPING = 1e-4;

  private Factorizer() {}

  /**
   * The singular value decomposition.
   *
   * @param w [out × in] row-major
   */
  public static Factors svd(float[] w, int out, int in) {
    R064Store weight = store(w, out, in);
    return factors(weight, weight);
  }

  /**
   * As {@link #svd}, by output error on the data that the Hessian sums up.
   *
   * @param hessian of the layer's inputs
   */
  public static Factors whitened(float[] w, int out, int in, Hessian hessian) {
    if (hessian.size() != in) {
      throw new IllegalArgumentException(
          "the Hessian has size %d, the weight %d inputs".formatted(hessian.size(), in));
    }
    R064Store weight = store(w, out, in);
    return factors(weight, weight.multiply(root(hessian)));
  }

  /** Normal factors whose product has elements of variance 1/in, for learning from scratch. */
  public static Factors random(int out, int in, long seed) {
    int rank = Math.min(out, in);
    SplittableRandom random = new SplittableRandom(seed);
    double deviation = Math.pow((double) in * rank, -0.25);
    float[] u = normal(out * rank, deviation, random);
    float[] v = normal(rank * in, deviation, random);
    double[] strength = new double[rank];
    for (int k = 0; k < rank; k++) {
      strength[k] = deviation * deviation * Math.sqrt((double) out * in);
    }
    return new Factors(out, in, rank, u, v, strength);
  }

  private static float[] normal(int count, double deviation, SplittableRandom random) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }

  /** L with L Lᵀ = H + damping. */
  private static MatrixStore<Double> root(Hessian hessian) {
    int n = hessian.size();
    double mean = 0;
    for (double d : hessian.diagonal()) {
      mean += d / n;
    }
    for (double damping = DAMPING; damping < 1e3; damping *= 10) {
      R064Store h = R064Store.FACTORY.make(n, n);
      for (int r = 0; r < n; r++) {
        for (int c = 0; c < n; c++) {
          h.set(r, c, hessian.at(r, c));
        }
        h.add(r, r, mean > 0 ? damping * mean : 1);
      }
      Cholesky<Double> cholesky = Cholesky.R064.make(n, n);
      if (cholesky.decompose(h) && cholesky.isSPD()) {
        return cholesky.getL();
      }
    }
    throw new IllegalArgumentException("the Hessian has negative curvature");
  }

  private static Factors factors(R064Store weight, MatrixStore<Double> judged) {
    int out = Math.toIntExact(weight.countRows());
    int in = Math.toIntExact(weight.countColumns());
    int rank = Math.min(out, in);
    SingularValue<Double> svd = SingularValue.R064.make(out, in);
    if (!svd.decompose(judged)) {
      throw new IllegalArgumentException(
          "no singular value decomposition of %d x %d".formatted(out, in));
    }
    MatrixStore<Double> p = svd.getU();
    MatrixStore<Double> rows = p.transpose().multiply(weight);
    float[] u = new float[out * rank];
    float[] v = new float[rank * in];
    double[] strength = new double[rank];
    for (int k = 0; k < rank; k++) {
      double norm = 0;
      for (int c = 0; c < in; c++) {
        norm += rows.doubleValue(k, c) * rows.doubleValue(k, c);
      }
      norm = Math.sqrt(norm);
      double half = Math.sqrt(Math.max(norm, 1e-12));
      strength[k] = svd.getSingularValues().get(k);
      for (int r = 0; r < out; r++) {
        u[r * rank + k] = (float) (p.doubleValue(r, k) * half);
      }
      for (int c = 0; c < in; c++) {
        v[k * in + c] = (float) (rows.doubleValue(k, c) / half);
      }
    }
    return new Factors(out, in, rank, u, v, strength);
  }

  private static R064Store store(float[] w, int out, int in) {
    R064Store store = R064Store.FACTORY.make(out, in);
    for (int r = 0; r < out; r++) {
      for (int c = 0; c < in; c++) {
        store.set(r, c, w[r * in + c]);
      }
    }
    return store;
  }
}
