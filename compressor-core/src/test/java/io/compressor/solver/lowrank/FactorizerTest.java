package io.compressor.solver.lowrank;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.graph.Graphs;
import io.compressor.solver.Hessian;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FactorizerTest {
  @ParameterizedTest
  @CsvSource({"7, 5", "5, 7", "6, 6", "1, 9", "9, 1"})
  void allComponentsAreTheWeight(int out, int in) {
    float[] w = Graphs.random("w", 1, out, in).toFloats();
    assertArrayEquals(w, Factorizer.svd(w, out, in).product(), 2e-6f);
    Hessian h = hessian(in);
    assertArrayEquals(w, Factorizer.whitened(w, out, in, h).product(), 2e-6f);
  }

  /** Against the singular values of a matrix that is made from them. */
  @Test
  void singularValuesAndTailsAreThose() {
    float[] w = new float[4 * 6];
    double[] s = {5, 3, 2, 1};
    for (int k = 0; k < 4; k++) {
      w[k * 6 + (k + 2) % 6] = (float) s[k];
    }
    Factors f = Factorizer.svd(w, 4, 6);
    assertArrayEquals(s, f.strength(), 1e-9);
    assertArrayEquals(new double[] {1, 14 / 39., 5 / 39., 1 / 39., 0}, f.tails(), 1e-9);
    assertEquals(5.0, squared(w, f.head(2).product()), 1e-5);
  }

  @Test
  void bothFactorsOfAComponentHaveTheSameNorm() {
    Factors f = Factorizer.svd(Graphs.random("w", 1, 8, 5).toFloats(), 8, 5);
    for (int k = 0; k < 5; k++) {
      double u = 0;
      double v = 0;
      for (int r = 0; r < 8; r++) {
        u += f.u()[r * 5 + k] * f.u()[r * 5 + k];
      }
      for (int c = 0; c < 5; c++) {
        v += f.v()[k * 5 + c] * f.v()[k * 5 + c];
      }
      assertEquals(u, v, 1e-5 * u);
      assertEquals(f.strength()[k], u, 1e-5 * u);
    }
  }

  /** At every rank, on the data that the Hessian sums up. */
  @Test
  void whitenedFactorsLoseLessOutputAndMoreWeight() {
    float[] w = Graphs.random("w", 1, 12, 10).toFloats();
    Hessian h = hessian(10);
    Factors plain = Factorizer.svd(w, 12, 10);
    Factors white = Factorizer.whitened(w, 12, 10, h);
    double whole = output(w, new float[w.length], h);
    for (int rank = 1; rank < 10; rank++) {
      double ours = output(w, white.head(rank).product(), h);
      assertTrue(ours < output(w, plain.head(rank).product(), h), "rank " + rank);
      assertEquals(white.tails()[rank], ours / whole, 1e-3);
      assertTrue(squared(w, white.head(rank).product()) > squared(w, plain.head(rank).product()));
    }
  }

  @Test
  void inputsThatNeverMovedAreNoTrouble() {
    float[] w = Graphs.random("w", 1, 6, 4).toFloats();
    Hessian none = new Hessian(4, new double[16], 0);
    assertArrayEquals(w, Factorizer.whitened(w, 6, 4, none).product(), 2e-6f);
    double[] one = new double[16];
    one[5] = 1e20;
    assertArrayEquals(w, Factorizer.whitened(w, 6, 4, new Hessian(4, one, 3)).product(), 2e-5f);
  }

  @Test
  void zerosAndOneNumber() {
    assertArrayEquals(new float[12], Factorizer.svd(new float[12], 3, 4).product());
    assertArrayEquals(new float[] {-2}, Factorizer.svd(new float[] {-2}, 1, 1).product(), 1e-6f);
    assertThrows(
        IllegalArgumentException.class, () -> Factorizer.whitened(new float[12], 3, 4, hessian(3)));
  }

  @Test
  void randomFactorsAreThoseOfTheSeed() {
    Factors f = Factorizer.random(64, 100, 7);
    assertArrayEquals(f.u(), Factorizer.random(64, 100, 7).u());
    double sum = 0;
    for (float v : f.product()) {
      sum += v * v;
    }
    assertEquals(1 / 100., sum / 6400, 0.002);
  }

  private static Hessian hessian(int in) {
    float[] x = Graphs.random("x", 1, 40, in).toFloats();
    double[] h = new double[in * in];
    for (int s = 0; s < 40; s++) {
      for (int r = 0; r < in; r++) {
        for (int c = 0; c < in; c++) {
          h[r * in + c] += x[s * in + r] * (1.0 + 3 * r) * x[s * in + c] * (1.0 + 3 * c);
        }
      }
    }
    return new Hessian(in, h, 40);
  }

  /** tr(D H Dᵀ). */
  private static double output(float[] w, float[] q, Hessian h) {
    int in = h.size();
    double sum = 0;
    for (int r = 0; r < w.length; r += in) {
      for (int a = 0; a < in; a++) {
        for (int b = 0; b < in; b++) {
          sum += ((double) w[r + a] - q[r + a]) * h.at(a, b) * ((double) w[r + b] - q[r + b]);
        }
      }
    }
    return sum;
  }

  private static double squared(float[] w, float[] q) {
    double sum = 0;
    for (int i = 0; i < w.length; i++) {
      sum += ((double) w[i] - q[i]) * ((double) w[i] - q[i]);
    }
    return sum;
  }
}
