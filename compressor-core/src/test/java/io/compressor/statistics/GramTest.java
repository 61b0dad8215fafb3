package io.compressor.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.compressor.ir.Tensor;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GramTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8, 33})
  void allStripsAreThoseOfTheProduct(int n) {
    int rows = 7;
    Random random = new Random(n);
    float[] x = new float[rows * n];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    try (Gram gram = new Gram()) {
      MomentSums sums = new MomentSums(1, n);
      sums.addStrips(gram.of(Tensor.ofFloats("x", new long[] {rows, n}, x)));
      double[] h = sums.result().products();
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          double expected = 0;
          for (int r = 0; r < rows; r++) {
            expected += (double) x[r * n + i] * x[r * n + j];
          }
          assertEquals(expected, h[i * n + j], 1e-5 * rows);
          assertEquals(h[j * n + i], h[i * n + j], 0);
        }
      }
    }
  }
}
