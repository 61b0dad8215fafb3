package io.compressor.sensitivity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Progress;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.solver.mixed.PairModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CurvatureTest {
  private final SplittableRandom random = new SplittableRandom(7);

  /** Moves of a test: rounding to a step that doubles from level to level. */
  private static Moves rounding(Nets.Net net, double step, int levels) {
    return new Nets.Rounding(net, step, levels);
  }

  @Test
  void productsEqualTheTrueChangeOfAQuadraticLoss() {
    Nets.Net net = Nets.sum(random);
    Reference reference = Nets.reference(net, Distance.MSE);
    Moves moves = rounding(net, 0.5, 2);
    try (Curvature curvature =
        Curvature.open(net.model(), reference, net.weights(), Curvature.Method.EXACT)) {
      PairModel model = Interactions.products(curvature, moves, 9, Progress.NONE);
      for (int c = 1; c < 1 << model.layers(); c++) {
        int[] chosen = bits(c, model.layers());
        double truth = reference.distance(Nets.moved(net, moves, chosen));
        assertEquals(truth, model.predicted(chosen), 1e-6, "configuration " + c);
      }
      assertEquals(model.layers(), curvature.products());
    }
  }

  @Test
  void differencesAgreeWithExactProducts() {
    Nets.Net net = Nets.deep(random, 3);
    Reference reference = Nets.reference(net, Distance.MSE);
    Map<String, Tensor> v =
        Map.of("w1", Nets.normal("w1", random, 6, 6), "w0", Nets.normal("w0", random, 6, 6));
    try (Curvature exact =
            Curvature.open(net.model(), reference, net.weights(), Curvature.Method.EXACT);
        Curvature difference =
            Curvature.open(net.model(), reference, net.weights(), Curvature.Method.DIFFERENCE)) {
      Map<String, Tensor> one = exact.product(v);
      Map<String, Tensor> two = difference.product(v);
      one.forEach(
          (name, tensor) -> {
            double scale = Vectors.norm(tensor);
            double apart = Math.abs(scale - Vectors.norm(two.get(name))) / scale;
            double cosine =
                Vectors.dot(tensor, two.get(name)) / scale / Vectors.norm(two.get(name));
            assertTrue(apart < 5e-3 && cosine > 1 - 1e-4, name + " " + apart + " " + cosine);
          });
    }
  }

  @ParameterizedTest
  @EnumSource(Distance.class)
  void hutchinsonIsWithinThreeStandardErrorsOfTheTrace(Distance distance) {
    Nets.Net net = Nets.deep(random, 3);
    Reference reference = Nets.reference(net, distance);
    try (Curvature curvature =
        Curvature.open(net.model(), reference, net.weights(), Curvature.Method.EXACT)) {
      Map<String, Double> exact = new LinkedHashMap<>();
      for (String name : net.weights()) {
        double trace = 0;
        Tensor like = net.model().graph().initializers().get(name);
        for (int i = 0; i < like.elements(); i++) {
          double[] unit = new double[(int) like.elements()];
          unit[i] = 1;
          Tensor e = Vectors.from(unit, like);
          trace += Vectors.dot(e, curvature.product(Map.of(name, e)).get(name));
        }
        exact.put(name, trace);
        assertTrue(trace > 0, "the loss is least at the original");
      }
      curvature
          .traces(60, new SplittableRandom(3))
          .forEach(
              (name, trace) -> {
                double wanted = exact.get(name);
                assertTrue(
                    Math.abs(trace.raw() - wanted) <= 3 * trace.standardError(),
                    name + " " + trace + " of " + wanted);
                assertEquals(trace.raw(), trace.clamped());
              });
    }
  }

  @Test
  void tracesBelowZeroCountAsZero() {
    assertEquals(0, new Curvature.Trace(-3, 1).clamped());
  }

  /** papers.md, section 3: the pairs explain more of a joint change than single layers do. */
  @ParameterizedTest
  @EnumSource(Distance.class)
  void pairsBringThePredictionCloser(Distance distance) {
    double singles = 0;
    double products = 0;
    double losses = 0;
    for (int seed = 0; seed < 4; seed++) {
      Nets.Net net = Nets.deep(new SplittableRandom(seed), 5);
      Reference reference = Nets.reference(net, distance);
      Moves moves = rounding(net, 0.15, 3);
      double[][] own = new double[5][3];
      boolean[][] may = new boolean[5][3];
      for (int i = 0; i < 5; i++) {
        for (int l = 1; l < 3; l++) {
          int[] one = new int[5];
          one[i] = l;
          own[i][l] = reference.distance(Nets.moved(net, moves, one));
          may[i][l] = true;
        }
      }
      PairModel pairs =
          Interactions.losses(
              own, may, 9, c -> reference.distance(Nets.moved(net, moves, c)), Progress.NONE);
      PairModel hvp;
      try (Curvature curvature =
          Curvature.open(net.model(), reference, net.weights(), Curvature.Method.EXACT)) {
        hvp = Interactions.products(curvature, moves, 9, Progress.NONE).withOwn(own);
      }
      for (int c = 0; c < 40; c++) {
        int[] chosen = new int[5];
        for (int i = 0; i < 5; i++) {
          chosen[i] = random.nextInt(3);
        }
        double truth = reference.distance(Nets.moved(net, moves, chosen));
        singles += Math.abs(truth - pairs.singles(chosen));
        losses += Math.abs(truth - pairs.predicted(chosen));
        products += Math.abs(truth - hvp.predicted(chosen));
      }
    }
    assertTrue(losses < singles, distance + ": loss pairs " + losses / singles);
    assertTrue(products < singles, distance + ": products " + products / singles);
  }

  @Test
  void reachLimitsThePairs() {
    assertEquals(0, Interactions.pairs(1, 5));
    assertEquals(10, Interactions.pairs(5, 9));
    assertEquals(4, Interactions.pairs(5, 1));
    assertEquals(1, Interactions.reach(100, 5));
    assertEquals(4, Interactions.reach(5, 1000));
    List<Integer> looked = new ArrayList<>();
    boolean[][] may = {{true, true}, {true, true}, {true, true}, {true, true}};
    Interactions.losses(
        new double[4][2],
        may,
        1,
        c -> {
          looked.add(c[0] + 2 * c[1] + 4 * c[2] + 8 * c[3]);
          return 0;
        },
        Progress.NONE);
    assertEquals(List.of(3, 6, 12), looked);
  }

  private static int[] bits(int c, int n) {
    int[] chosen = new int[n];
    for (int i = 0; i < n; i++) {
      chosen[i] = c >> i & 1;
    }
    return chosen;
  }

  @Test
  void theSameModelIsAtNoDistanceAndPaddingDoesNotCount() {
    Nets.Net net = Nets.deep(random, 2);
    for (Distance distance : Distance.values()) {
      assertEquals(0, Nets.reference(net, distance).distance(net.model()), 1e-12);
    }
    Model other = Nets.deep(random, 2).model();
    assertTrue(Nets.reference(net, Distance.MSE).distance(other) > 0.1);
  }
}
