package io.compressor.solver.prune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Engine;
import io.compressor.engine.LocalEngine;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FisherPruningTest {
  private static final int SIZE = 90;
  private static final int COUNT = 24;

  @Test
  void withoutGradientsTheLeastMagnitudeGoes() {
    float[] w = random(SIZE, 1);
    float[] pruned = pruning(w, all(), new float[0], 0, 16).pruned(50);
    float[] expected = w.clone();
    boolean[] kept = Ranking.ofMagnitudes(w, all()).kept(50);
    for (int i = 0; i < SIZE; i++) {
      expected[i] = kept[i] ? w[i] : 0;
    }
    assertArrayEquals(expected, pruned, 1e-6f);
  }

  /** One block of all: the quadratic loses less than where the same weights are only zeroed. */
  @ParameterizedTest
  @ValueSource(ints = {1, 20, 45, 80, 90})
  void losesNoMoreThanZeroing(int zeros) {
    float[] w = random(SIZE, 1);
    float[] gradients = random(SIZE * COUNT, 2);
    float[] pruned = pruning(w, all(), gradients, COUNT, SIZE).pruned(zeros);
    assertEquals(zeros, zeros(pruned));
    float[] zeroed = w.clone();
    for (int i = 0; i < SIZE; i++) {
      zeroed[i] = pruned[i] == 0 ? 0 : w[i];
    }
    assertTrue(loss(w, pruned, gradients) <= loss(w, zeroed, gradients) * (1 + 1e-6));
    boolean[] least = Ranking.ofMagnitudes(w, all()).kept(zeros);
    float[] magnitude = w.clone();
    for (int i = 0; i < SIZE; i++) {
      magnitude[i] = least[i] ? w[i] : 0;
    }
    assertTrue(loss(w, pruned, gradients) <= loss(w, magnitude, gradients) * (1 + 1e-6));
  }

  /** The definition: whichever goes next loses the least of all that are left. */
  @Test
  void eachStepIsTheLeast() {
    float[] w = random(12, 1);
    double[][] gradients = InverseFisherTest.gradients(12, 9);
    float[] flat = new float[12 * 9];
    double squares = 0;
    for (int g = 0; g < 9; g++) {
      for (int i = 0; i < 12; i++) {
        flat[g * 12 + i] = (float) gradients[g][i];
        squares += flat[g * 12 + i] * flat[g * 12 + i];
      }
    }
    FisherPruning pruning = pruning(w, all(12), flat, 9, 12);
    double lambda = 0.1 * squares / flat.length;
    InverseFisher inverse = new InverseFisher(12, lambda);
    for (int g = 0; g < 9; g++) {
      inverse.add(gradients[g], 9);
    }
    double[] now = new double[12];
    boolean[] gone = new boolean[12];
    Arrays.setAll(now, i -> w[i]);
    for (int zeros = 1; zeros < 12; zeros++) {
      int next = -1;
      for (int k = 0; k < 12; k++) {
        boolean better = !gone[k] && (next < 0 || inverse.loss(now, k) < inverse.loss(now, next));
        next = better ? k : next;
      }
      inverse.eliminate(now, next);
      gone[next] = true;
      float[] have = pruning.pruned(zeros);
      for (int k = 0; k < 12; k++) {
        assertEquals(gone[k], have[k] == 0, zeros + " zeros, weight " + k);
        assertEquals(now[k], have[k], 1e-4, zeros + " zeros, weight " + k);
      }
    }
  }

  @Test
  void masksAreNestedAndWhatIsGoneStays() {
    float[] w = random(SIZE, 1);
    boolean[] kept = all();
    for (int i = 0; i < 30; i++) {
      w[i * 3] = 0;
      kept[i * 3] = false;
    }
    FisherPruning pruning = pruning(w, kept, random(SIZE * COUNT, 2), COUNT, 16);
    float[] before = pruning.pruned(30);
    assertArrayEquals(w, before, 1e-6f);
    for (int zeros = 31; zeros <= SIZE; zeros++) {
      float[] now = pruning.pruned(zeros);
      assertEquals(zeros, zeros(now));
      for (int i = 0; i < SIZE; i++) {
        assertTrue(before[i] != 0 || now[i] == 0, "weight " + i + " came back");
      }
      before = now;
    }
  }

  @Test
  void threadsChangeNothing() {
    float[] w = random(SIZE, 1);
    float[] gradients = random(SIZE * COUNT, 2);
    float[] one = pruning(w, all(), gradients, COUNT, 16).pruned(60);
    try (LocalEngine engine = new LocalEngine(3)) {
      assertArrayEquals(one, pruning(w, all(), gradients, COUNT, 16, engine).pruned(60));
    }
  }

  @Test
  void tooFewNumbersAreRefused() {
    float[] w = random(SIZE, 1);
    assertThrows(IllegalArgumentException.class, () -> pruning(w, all(), random(7, 2), COUNT, 16));
  }

  private static FisherPruning pruning(
      float[] w, boolean[] kept, float[] gradients, int count, int block) {
    return pruning(w, kept, gradients, count, block, Engine.direct());
  }

  private static FisherPruning pruning(
      float[] w, boolean[] kept, float[] gradients, int count, int block, Engine engine) {
    return new FisherPruning(w, kept, FloatBuffer.wrap(gradients), count, block, 0.1, engine);
  }

  private static boolean[] all() {
    return all(SIZE);
  }

  private static boolean[] all(int size) {
    boolean[] all = new boolean[size];
    Arrays.fill(all, true);
    return all;
  }

  private static int zeros(float[] w) {
    int zeros = 0;
    for (float v : w) {
      zeros += v == 0 ? 1 : 0;
    }
    return zeros;
  }

  /** ½ Δᵀ(λI + mean of g gᵀ)Δ. */
  private static double loss(float[] w, float[] other, float[] gradients) {
    double squares = 0;
    for (float g : gradients) {
      squares += (double) g * g;
    }
    double sum = 0;
    for (int i = 0; i < SIZE; i++) {
      double d = other[i] - w[i];
      sum += 0.1 * squares / gradients.length * d * d / 2;
    }
    for (int g = 0; g < COUNT; g++) {
      double along = 0;
      for (int i = 0; i < SIZE; i++) {
        along += gradients[g * SIZE + i] * (double) (other[i] - w[i]);
      }
      sum += along * along / COUNT / 2;
    }
    return sum;
  }

  private static float[] random(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] some = new float[count];
    for (int i = 0; i < count; i++) {
      some[i] = (float) random.nextGaussian();
    }
    return some;
  }
}
