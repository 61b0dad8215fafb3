package io.compressor.pass.jlcm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Engine;
import io.compressor.graph.WeightLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Learning codewords of two weights each, towards levels that are known. */
class VectorLearningTest {
  private static final int OUT = 24;
  private static final int IN = 31;
  private static final int VECTORS = 16;

  private final float[] wanted = noise(1, OUT * IN);
  private final float[] table = noise(2, 16);

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void learningBringsLevelsNearer(boolean transposed) {
    WeightLayout layout = new WeightLayout(OUT, IN, transposed);
    byte[] codes = new byte[OUT * VECTORS];
    VectorLearning learning =
        new VectorLearning(layout, 2, codes, table.clone(), wanted, Engine.direct());
    float[] values = layout.toStored(levels(codes, table)).clone();
    double start = distance(layout, values);
    for (int step = 1; step <= 200; step++) {
      step(learning, layout, values, step, 0.02);
    }
    assertTrue(distance(layout, values) < 0.3 * start, distance(layout, values) + " of " + start);
  }

  /** What the levels show is what would be written. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shownCodesAndTableMakeTheLevels(boolean transposed) {
    WeightLayout layout = new WeightLayout(OUT, IN, transposed);
    VectorLearning learning =
        new VectorLearning(
            layout, 2, new byte[OUT * VECTORS], table.clone(), wanted, Engine.direct());
    float[] values = layout.toStored(levels(learning.codes(), table)).clone();
    for (int step = 1; step <= 20; step++) {
      step(learning, layout, values, step, 0.02);
      assertArrayEquals(
          values, layout.toStored(levels(learning.codes(), learning.table())), "step " + step);
    }
  }

  /** Latent vectors begin inside the cells of the codewords that were chosen for them. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void withoutGradientsNothingMoves(boolean transposed) {
    WeightLayout layout = new WeightLayout(OUT, IN, transposed);
    byte[] codes = new byte[OUT * VECTORS];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (i * 5 % 8);
    }
    byte[] before = codes.clone();
    VectorLearning learning =
        new VectorLearning(layout, 2, codes, table.clone(), wanted, Engine.direct());
    learning.update(new float[OUT * IN], new float[OUT * IN], 0, OUT * IN, 1, 1);
    learning.finish(1, 1);
    assertArrayEquals(before, codes);
  }

  private void step(
      VectorLearning learning, WeightLayout layout, float[] values, int step, double rate) {
    float[] target = layout.toStored(wanted);
    float[] gradients = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      gradients[i] = values[i] - target[i];
    }
    learning.update(values, gradients, 0, values.length, rate, step);
    learning.finish(rate, step);
  }

  private double distance(WeightLayout layout, float[] values) {
    float[] target = layout.toStored(wanted);
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += Math.pow(values[i] - target[i], 2);
    }
    return sum;
  }

  private static float[] levels(byte[] codes, float[] table) {
    float[] levels = new float[OUT * IN];
    for (int i = 0; i < levels.length; i++) {
      int c = i % IN;
      levels[i] = table[codes[i / IN * VECTORS + c / 2] * 2 + c % 2];
    }
    return levels;
  }

  private static float[] noise(long seed, int n) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) (random.nextDouble() + random.nextDouble() - 1);
    }
    return values;
  }
}
