package io.compressor.pass.reste;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.autodiff.GradientModel;
import io.compressor.autodiff.GradientRequest;
import io.compressor.autodiff.Gradients;
import io.compressor.graph.Graphs;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EstimatorTest {
  private static final Estimator RESTE = new Estimator(true, 3, 1.5, 0.1);
  private static final Estimator STE = new Estimator(false, 3, 1.5, 0.1);
  private static final double[] POWERS = {1, 1.5, 2, 3, 5, 10};

  @ParameterizedTest
  @ValueSource(doubles = {1, 1.5, 3, 10})
  void theSlopeIsThatOfThePowerByDifferences(double o) {
    for (double z = 0.11; z < 1.5; z += 0.05) {
      double h = 1e-6;
      double expected = (RESTE.value(z + h, o) - RESTE.value(z - h, o)) / (2 * h);
      assertEquals(expected, RESTE.slope(z, o), 1e-6 * expected, "z = " + z);
      assertEquals(RESTE.slope(z, o), RESTE.slope(-z, o), 0);
    }
    for (double z : new double[] {0, 0.01, 0.0999, 0.1}) {
      assertEquals(Math.pow(0.1, 1 / o - 1), RESTE.slope(z, o), 1e-12, "z = " + z);
      assertEquals(RESTE.value(0.1, o) / 0.1, RESTE.slope(z, o), 1e-9);
    }
    assertEquals(0, RESTE.slope(1.5001, o), 0);
  }

  @Test
  void powerOneIsStraightThroughWithTheSameClip() {
    for (double z = -2; z <= 2; z += 0.01) {
      assertEquals(STE.slope(z, 1), RESTE.slope(z, 1), 1e-12);
      assertEquals(Math.abs(z) <= 1.5 ? 1 : 0, STE.slope(z, 7), 0);
    }
  }

  @Test
  void thePowerGrowsFromOneToItsEnd() {
    assertEquals(1, RESTE.o(0), 0);
    assertEquals(3, RESTE.o(1), 1e-12);
    for (double done = 0.01; done <= 1; done += 0.01) {
      assertTrue(RESTE.o(done) > RESTE.o(done - 0.01));
    }
    assertEquals(1, STE.o(0.7), 0);
  }

  /** On z ~ N(0, 1) the error falls and the spread of gradients grows, to the known numbers. */
  @Test
  void errorFallsAndInstabilityGrowsWithThePower() {
    double[] errors = {0.637, 0.476, 0.392, 0.296, 0.201, 0.112};
    SplittableRandom random = new SplittableRandom(17);
    float[] z = new float[200_000];
    float[] upstream = new float[z.length];
    for (int i = 0; i < z.length; i++) {
      z[i] = (float) random.nextGaussian();
      upstream[i] = (float) random.nextGaussian();
    }
    double spread = 0;
    for (int k = 0; k < POWERS.length; k++) {
      double rms = Indicators.error(RESTE, z, POWERS[k]) / Math.sqrt(z.length);
      assertEquals(errors[k], rms, 0.03, "o = " + POWERS[k]);
      float[] g = new float[z.length];
      for (int i = 0; i < g.length; i++) {
        g[i] = (float) (upstream[i] * RESTE.slope(z[i], POWERS[k]));
      }
      double now = Indicators.spread(g);
      assertTrue(now > spread, "o = " + POWERS[k] + ": " + now + " after " + spread);
      spread = now;
    }
  }

  /** What is written as nodes is the formula. */
  @ParameterizedTest
  @ValueSource(doubles = {1, 2.5, 10})
  void theGraphComputesTheSlope(double o) {
    for (Estimator one : List.of(RESTE, STE)) {
      Graphs g =
          Graphs.graph().input("z", 401).input("up", 401).input(Estimator.INVERSE).floats("c", 0);
      g.node("GreaterOrEqual", "p", List.of("z", "c"));
      g.floats("one", 1).floats("minus", -1);
      g.node(Node.of("Where", List.of("p", "one", "minus"), List.of("s")));
      GradientModel model =
          Gradients.of(
              g.output("s", 401).model(18),
              GradientRequest.products(Map.of("s", "seed"), List.of("z"))
                  .surrogates(Map.of("s", one.of("z"))));
      float[] z = new float[401];
      float[] up = new float[401];
      for (int i = 0; i < z.length; i++) {
        z[i] = (i - 200.5f) / 100;
        up[i] = 1 + i % 3;
      }
      Map<String, Tensor> feeds = new java.util.HashMap<>(Estimator.feeds(o));
      feeds.put("z", Tensor.ofFloats("z", new long[] {401}, z));
      feeds.put("up", Tensor.ofFloats("up", new long[] {401}, up));
      feeds.put("seed", Tensor.ofFloats("seed", new long[] {401}, up));
      try (RuntimeSession session =
          RuntimeSession.open(model.model(), SessionSettings.defaults())) {
        float[] found = session.run(feeds).get(model.gradient("z")).toFloats();
        for (int i = 0; i < z.length; i++) {
          double expected = up[i] * one.slope(z[i], o);
          assertEquals(expected, found[i], 1e-5 * Math.max(1, expected), "z = " + z[i]);
        }
      }
    }
  }
}
