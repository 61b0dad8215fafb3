package io.compressor.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Engine;
import io.compressor.error.CompressorException;
import io.compressor.graph.Graphs;
import io.compressor.ir.Attribute;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The checkable properties of QZO. */
class ZerothOrderTest {
  private static final int SIZE = 20;
  private static final double CLIP = 100;
  private static final float[] START = start();
  private static final float[] HERE = {0};

  /** loss = Σ (k (c − 2)² h) with h = 1..20 over 20; k is fed. */
  private static Model quadratic() {
    float[] curvature = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      curvature[i] = (i + 1f) / SIZE;
    }
    return Graphs.graph()
        .input("k", 1)
        .floats("c", START)
        .floats("two", 2)
        .floats("h", curvature)
        .node("Sub", "d", List.of("c", "two"))
        .node("Mul", "s", List.of("d", "d"))
        .node("Mul", "w", List.of("s", "h"))
        .node("Mul", "f", List.of("w", "k"))
        .node("ReduceSum", "l", List.of("f"), Attribute.of("keepdims", 0L))
        .output("l")
        .model(18);
  }

  private static float[] start() {
    SplittableRandom random = new SplittableRandom(5);
    float[] values = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      values[i] = (float) random.nextDouble(0.5, 1.5);
    }
    return values;
  }

  private static ZerothOrder open(float[] initial, boolean keepsSign, double rate, long seed) {
    return ZerothOrder.open(
        quadratic(),
        "l",
        List.of(
            new ZerothOrder.Moving(
                Tensor.ofFloats("c", new long[] {initial.length}, initial), keepsSign)),
        new ZerothOrder.Options(1e-3, rate, CLIP, seed),
        Engine.direct());
  }

  private static Map<String, Tensor> fed(float factor) {
    HERE[0] = factor;
    return Map.of("k", Tensor.ofFloats("k", new long[] {1}, HERE));
  }

  @Test
  void theMeanOverDirectionsIsTheGradient() {
    double[] mean = new double[SIZE];
    for (int seed = 0; seed < 10 * SIZE; seed++) {
      try (ZerothOrder one = open(START, false, 1e-3, seed * 7919L)) {
        one.step(fed(1), 1);
        float[] now = one.values("c");
        for (int i = 0; i < SIZE; i++) {
          mean[i] += START[i] - now[i];
        }
      }
    }
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < SIZE; i++) {
      double gradient = 2 * (START[i] - 2) * (i + 1) / SIZE;
      ab += mean[i] * gradient;
      aa += mean[i] * mean[i];
      bb += gradient * gradient;
    }
    assertTrue(ab / Math.sqrt(aa * bb) > 0.9, "cosine " + ab / Math.sqrt(aa * bb));
  }

  @Test
  void anUpdateIsNoLargerThanRateTimesClipTimesDirection() {
    double rate = 1e-4;
    double rms = 0;
    for (float v : START) {
      rms += v * v / SIZE;
    }
    rms = Math.sqrt(rms);
    try (ZerothOrder one = open(START, false, rate, 3)) {
      one.step(fed(1e6f), 1);
      float[] now = one.values("c");
      SplittableRandom random = new SplittableRandom(3 + 0x9e3779b97f4a7c15L);
      for (int i = 0; i < SIZE; i++) {
        double limit = rate * CLIP * Math.abs(random.nextGaussian()) * rms;
        double moved = Math.abs(now[i] - START[i]);
        assertTrue(moved <= limit + 1e-6, moved + " of " + limit);
        assertTrue(moved >= limit - 1e-6, "clipped, so the limit itself: " + moved);
      }
    }
  }

  @Test
  void scalesStayPositive() {
    float[] tiny = START.clone();
    tiny[3] = 1e-9f;
    tiny[4] = 0;
    tiny[5] = -1;
    try (ZerothOrder one = open(tiny, true, 0.02, 3)) {
      for (int i = 0; i < 50; i++) {
        one.step(fed(1e6f), 1);
      }
      float[] now = one.values("c");
      assertFalse(Arrays.equals(tiny, now));
      for (int i = 0; i < SIZE; i++) {
        if (i == 3 || i == 4) {
          assertTrue(now[i] >= tiny[i], "" + now[i]);
        } else {
          assertTrue(Math.abs(now[i]) >= 1e-7f && now[i] * tiny[i] > 0, i + ": " + now[i]);
        }
      }
      assertEquals(0, now[4]);
    }
  }

  @Test
  void withoutARateNothingChanges() {
    float[] odd = {1e-30f, 1f / 3, 1e7f, -0.1f, 3e-7f};
    float[] all = Arrays.copyOf(START, SIZE);
    System.arraycopy(odd, 0, all, 0, odd.length);
    try (ZerothOrder one = open(all, false, 0, 3)) {
      double before = one.loss(fed(1));
      for (int i = 0; i < 5; i++) {
        one.step(fed(1), 1);
      }
      assertArrayEquals(all, one.values("c"), 0);
      assertEquals(before, one.loss(fed(1)), 0, "what the session sees is restored to the bit");
    }
  }

  @Test
  void sameSeedSameTrajectory() {
    assertArrayEquals(trajectory(4), trajectory(4), 0);
    assertFalse(Arrays.equals(trajectory(4), trajectory(5)));
  }

  private static float[] trajectory(long seed) {
    try (ZerothOrder one = open(START, true, 0.005, seed)) {
      for (int i = 0; i < 20; i++) {
        one.step(fed(1), 1);
      }
      return one.values("c");
    }
  }

  @Test
  void theLossFalls() {
    try (ZerothOrder one = open(START, true, 0.01, 1)) {
      double before = one.loss(fed(1));
      for (int i = 0; i < 300; i++) {
        one.step(fed(1), 1);
      }
      double after = one.loss(fed(1));
      assertTrue(after < before / 10, before + " to " + after);
    }
  }

  @Test
  void stepsWithoutAFiniteLossAreLeftOut() {
    try (ZerothOrder one = open(START, true, 0.01, 1)) {
      one.step(fed(Float.NaN), 1);
      assertArrayEquals(START, one.values("c"), 0);
      assertEquals(1, one.failures());
      one.step(fed(1), 1);
      assertFalse(Arrays.equals(START, one.values("c")));
      for (int i = 0; i < 9; i++) {
        one.step(fed(Float.POSITIVE_INFINITY), 1);
      }
      CompressorException e =
          assertThrows(CompressorException.class, () -> one.step(fed(Float.NaN), 1));
      assertTrue(e.getMessage().contains("10 steps"), e.getMessage());
    }
  }
}
