package io.compressor.solver.rotation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RotationTest {
  static Stream<OrthogonalMatrix> matrices() {
    return Stream.of(1, 2, 3, 7, 12, 48, 64, 77, 576, 896)
        .flatMap(n -> Stream.of(RandomHadamard.of(n, 7), KroneckerRotation.of(n, 7)));
  }

  @ParameterizedTest
  @MethodSource("matrices")
  void rowsAreOrthonormal(OrthogonalMatrix q) {
    double[][] rows = dense(q);
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j <= i; j++) {
        double dot = 0;
        for (int k = 0; k < rows.length; k++) {
          dot += rows[i][k] * rows[j][k];
        }
        assertEquals(i == j ? 1 : 0, dot, 1e-12);
      }
    }
  }

  @Test
  void aPowerOfTwoSpreadsEvenly() {
    double[][] rows = dense(RandomHadamard.of(64, 3));
    Stream.of(rows)
        .forEach(
            r -> {
              for (double v : r) {
                assertEquals(1.0 / 8, Math.abs(v), 1e-15);
              }
            });
  }

  @Test
  void theTransformIsItsDefinition() {
    // H[i][j] = (-1)^popcount(i & j)
    for (int i = 0; i < 16; i++) {
      double[] v = new double[18];
      v[i + 1] = 1;
      WalshHadamard.apply(v, 1, 16);
      for (int j = 0; j < 16; j++) {
        assertEquals(Integer.bitCount(i & j) % 2 == 0 ? 0.25 : -0.25, v[j + 1], 1e-15);
      }
      assertEquals(0, v[0]);
      assertEquals(0, v[17]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 64, 1536})
  void theKroneckerProductIsItsDefinition(int n) {
    KroneckerRotation q = KroneckerRotation.of(n, 5);
    double[][] l = q.left();
    double[][] r = q.right();
    assertEquals(n, l.length * r.length);
    double[] row = new double[n];
    int i = n / 3;
    row[i] = 1;
    q.apply(row, 0);
    for (int j = 0; j < n; j++) {
      double expected = l[i / r.length][j / r.length] * r[i % r.length][j % r.length];
      assertEquals(expected, row[j], 1e-14);
    }
  }

  @Test
  void onlineFactorsAreSmall() {
    KroneckerRotation q = KroneckerRotation.of(1536, 1);
    assertTrue(q.left().length <= 64 && q.right().length <= 64, q.shape());
  }

  @Test
  void aSeedIsAMatrix() {
    assertArrayEquals(dense(RandomHadamard.of(24, 1)), dense(RandomHadamard.of(24, 1)));
    assertNotEquals(
        dense(RandomHadamard.of(24, 1))[0][0] + dense(RandomHadamard.of(24, 1))[1][1],
        dense(RandomHadamard.of(24, 2))[0][0] + dense(RandomHadamard.of(24, 2))[1][1]);
  }

  @Test
  void noSizeNoMatrix() {
    assertThrows(IllegalArgumentException.class, () -> RandomHadamard.of(0, 1));
    assertThrows(IllegalArgumentException.class, () -> KroneckerRotation.of(-4, 1));
  }

  private static double[][] dense(OrthogonalMatrix q) {
    double[][] rows = new double[q.size()][q.size()];
    for (int i = 0; i < rows.length; i++) {
      rows[i][i] = 1;
      q.apply(rows[i], 0);
    }
    return rows;
  }
}
