package io.compressor.solver.prune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ojalgo.matrix.store.MatrixStore;
import org.ojalgo.matrix.store.R064Store;
import org.ojalgo.matrix.task.InverterTask;

/** The checkable properties of M-FAC, in dense algebra. */
class InverseFisherTest {
  private static final double LAMBDA = 1e-2;

  @ParameterizedTest
  @CsvSource({"1, 1", "7, 3", "40, 64", "64, 16", "30, 0"})
  void isTheDenseInverse(int size, int count) throws Exception {
    double[][] gradients = gradients(size, count);
    InverseFisher inverse = inverse(size, gradients);
    MatrixStore<Double> dense = dense(size, gradients);
    double[] x = gradients(size, 1)[0];
    double[] there = inverse.times(x);
    double[] back = times(fisher(size, gradients), there);
    assertArrayEquals(x, back, 1e-9 * (1 + count));
    for (int k = 0; k < size; k++) {
      double expected = dense.doubleValue(k, k);
      assertEquals(expected, inverse.diagonal(k), 1e-6 * expected);
      assertTrue(inverse.diagonal(k) > 0 && inverse.diagonal(k) <= 1 / LAMBDA * (1 + 1e-12));
    }
  }

  /** Against the least of the quadratic ½ ΔᵀFΔ with Δ_k = −w_k, found by a solve. */
  @Test
  void takingOneOutMinimisesTheQuadratic() throws Exception {
    double[][] gradients = gradients(20, 30);
    R064Store fisher = fisher(20, gradients);
    double[] w = gradients(20, 1)[0];
    double[] moved = w.clone();
    InverseFisher inverse = inverse(20, gradients);
    double predicted = inverse.loss(w, 4);
    inverse.eliminate(moved, 4);
    assertEquals(0, moved[4]);
    double[] delta = difference(moved, w);
    assertEquals(predicted, loss(fisher, delta), 1e-9 * predicted);
    double[] slope = times(fisher, delta);
    for (int i = 0; i < 20; i++) {
      if (i != 4) {
        assertEquals(0, slope[i], 1e-9, "free weight " + i);
      }
    }
    double[] zeroed = new double[20];
    zeroed[4] = -w[4];
    assertTrue(predicted <= loss(fisher, zeroed));
  }

  /** What is left of F⁻¹ is the inverse of what is left of F. */
  @Test
  void theRestIsTheInverseOfTheRest() throws Exception {
    double[][] gradients = gradients(12, 9);
    InverseFisher inverse = inverse(12, gradients);
    double[] w = gradients(12, 1)[0];
    inverse.eliminate(w, 3);
    inverse.eliminate(w, 8);
    double[][] rest = gradients(12, 9);
    for (double[] g : rest) {
      g[3] = 0;
      g[8] = 0;
    }
    MatrixStore<Double> expected = dense(12, rest);
    for (int k = 0; k < 12; k++) {
      if (k != 3 && k != 8) {
        double one = expected.doubleValue(k, k);
        assertEquals(one, inverse.diagonal(k), 1e-9 * one);
      }
    }
  }

  @Test
  void withoutDampingThereIsNoInverse() {
    assertThrows(IllegalArgumentException.class, () -> new InverseFisher(3, 0));
  }

  static InverseFisher inverse(int size, double[][] gradients) {
    InverseFisher inverse = new InverseFisher(size, LAMBDA);
    for (double[] g : gradients) {
      inverse.add(g, gradients.length);
    }
    return inverse;
  }

  static double[][] gradients(int size, int count) {
    SplittableRandom random = new SplittableRandom(31L * size + count);
    double[][] gradients = new double[count][size];
    for (double[] g : gradients) {
      for (int i = 0; i < size; i++) {
        g[i] = random.nextGaussian();
      }
    }
    return gradients;
  }

  static R064Store fisher(int size, double[][] gradients) {
    R064Store fisher = R064Store.FACTORY.make(size, size);
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        double sum = i == j ? LAMBDA : 0;
        for (double[] g : gradients) {
          sum += g[i] * g[j] / gradients.length;
        }
        fisher.set(i, j, sum);
      }
    }
    return fisher;
  }

  private static MatrixStore<Double> dense(int size, double[][] gradients) throws Exception {
    R064Store fisher = fisher(size, gradients);
    return InverterTask.R064.make(fisher).invert(fisher);
  }

  static double[] times(R064Store matrix, double[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      for (int j = 0; j < x.length; j++) {
        y[i] += matrix.doubleValue(i, j) * x[j];
      }
    }
    return y;
  }

  static double loss(R064Store fisher, double[] delta) {
    double[] slope = times(fisher, delta);
    double sum = 0;
    for (int i = 0; i < delta.length; i++) {
      sum += delta[i] * slope[i] / 2;
    }
    return sum;
  }

  static double[] difference(double[] a, double[] b) {
    double[] d = new double[a.length];
    for (int i = 0; i < d.length; i++) {
      d[i] = a[i] - b[i];
    }
    return d;
  }
}
