package io.compressor.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Engine;
import io.compressor.engine.LocalEngine;
import io.compressor.solver.Samples.Inputs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ojalgo.matrix.store.MatrixStore;
import org.ojalgo.matrix.store.R064Store;

class CholeskyTest {
  private static double[][] jagged(Hessian h) {
    double[][] a = new double[h.size()][];
    for (int i = 0; i < a.length; i++) {
      a[i] = new double[i + 1];
      for (int j = 0; j <= i; j++) {
        a[i][j] = h.at(i, j);
      }
    }
    return a;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 127, 128, 129, 300})
  void factorEqualsOjAlgo(int n) {
    Hessian h = Samples.hessian(Inputs.CORRELATED, 3 * n + 5, n, n);
    double[][] a = jagged(h);
    assertTrue(Cholesky.factor(a, Engine.direct()));
    org.ojalgo.matrix.decomposition.Cholesky<Double> oracle =
        org.ojalgo.matrix.decomposition.Cholesky.R064.make(n, n);
    R064Store full = R064Store.FACTORY.make(n, n);
    full.fillAll(0.0);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        full.set(i, j, h.at(i, j));
      }
    }
    assertTrue(oracle.decompose(full) && oracle.isSolvable());
    MatrixStore<Double> l = oracle.getL();
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        // Condition times unit roundoff leaves about ten digits.
        assertEquals(l.doubleValue(i, j), a[i][j], 1e-9, i + ", " + j);
      }
    }
  }

  @Test
  void threadsDoNotChangeTheBits() {
    Hessian h = Samples.hessian(Inputs.LOW_RANK, 700, 400, 3);
    double[][] one = jagged(h);
    assertTrue(Cholesky.factor(one, Engine.direct()));
    try (LocalEngine engine = new LocalEngine(4)) {
      double[][] four = jagged(h);
      assertTrue(Cholesky.factor(four, engine));
      for (int i = 0; i < one.length; i++) {
        assertArrayEquals(one[i], four[i]);
      }
    }
  }

  @Test
  void singularAndIndefiniteMatricesAreReported() {
    assertFalse(
        Cholesky.factor(jagged(Samples.hessian(Inputs.WHITE, 100, 150, 3)), Engine.direct()));
    assertFalse(Cholesky.factor(new double[][] {{1}, {2, 1}}, Engine.direct()));
    assertFalse(Cholesky.factor(new double[][] {{0}}, Engine.direct()));
    assertFalse(Cholesky.factor(new double[][] {{Double.NaN}}, Engine.direct()));
  }
}
