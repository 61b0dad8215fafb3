package io.compressor.solver.mixed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LevelSearchTest {
  private static final double[] SAVED = {0, 1, 1.5, 1.8};

  private static double loss(double[][] own, int[] levels) {
    double sum = 0;
    for (int i = 0; i < levels.length; i++) {
      sum += own[i][levels[i]];
    }
    return sum;
  }

  private static double[][] own(SplittableRandom random, int layers) {
    double[][] own = new double[layers][4];
    for (double[] one : own) {
      double base = Math.exp(4 * random.nextDouble());
      one[1] = 0.001 * base;
      one[2] = 0.1 * base * (0.5 + random.nextDouble());
      one[3] = 3 * base * (0.5 + random.nextDouble());
    }
    return own;
  }

  private static List<int[]> orders(double[][] own) {
    return IntStream.rangeClosed(1, 3)
        .mapToObj(l -> LayerOrder.ascending(Arrays.stream(own).mapToDouble(o -> o[l]).toArray()))
        .toList();
  }

  private static double saved(LevelSearch.Result result) {
    return result.levels().stream().mapToDouble(l -> SAVED[l]).sum();
  }

  @Test
  void whatIsFoundPassesWithinTheBoundAndTighterNeverSavesMore() {
    for (int seed = 0; seed < 100; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int layers = 1 + random.nextInt(40);
      double[][] own = own(random, layers);
      double before = Double.POSITIVE_INFINITY;
      for (double limit : new double[] {500, 50, 5, 0.5, 0.05, 0.005, 0}) {
        LevelSearch.Gate gate = c -> loss(own, c) <= limit;
        LevelSearch.Result found = LevelSearch.run(layers, orders(own), 0, gate, gate);
        int[] levels = found.levels().stream().mapToInt(Integer::intValue).toArray();
        assertTrue(found.met() && gate.passes(levels), "seed " + seed);
        assertTrue(found.evaluations() <= found.bound(), "seed " + seed + ": " + found);
        int log = (int) Math.ceil(Math.log(layers) / Math.log(2));
        assertTrue(found.bound() <= 3 * (log + 1), "seed " + seed);
        assertTrue(saved(found) <= before, "seed " + seed);
        before = saved(found);
      }
      assertEquals(0, before);
    }
  }

  @Test
  void theBisectionFindsTheLongestPrefix() {
    for (int layers = 1; layers < 20; layers++) {
      for (int good = 0; good <= layers; good++) {
        int most = good;
        LevelSearch.Gate gate = c -> Arrays.stream(c).sum() <= most;
        int[] order = IntStream.range(0, layers).toArray();
        LevelSearch.Result found = LevelSearch.run(layers, List.of(order), 0, gate, gate);
        assertEquals(good, found.levels().stream().mapToInt(Integer::intValue).sum());
      }
    }
  }

  @Test
  void polishTriesWhatStandsBehindABadLayer() {
    LevelSearch.Gate gate = c -> c[1] == 0;
    int[] order = {0, 1, 2, 3};
    assertEquals(List.of(1, 0, 0, 0), LevelSearch.run(4, List.of(order), 0, gate, gate).levels());
    LevelSearch.Result polished = LevelSearch.run(4, List.of(order), 4, gate, gate);
    assertEquals(List.of(1, 0, 1, 1), polished.levels());
    assertTrue(polished.polishing() <= 3);
    assertEquals(List.of(1, 0, 1, 0), LevelSearch.run(4, List.of(order), 1, gate, gate).levels());
  }

  @Test
  void aGateThatIsNotMonotoneStillGetsWhatPassed() {
    for (int seed = 0; seed < 50; seed++) {
      long salt = seed;
      LevelSearch.Gate gate =
          c ->
              Arrays.stream(c).sum() == 0
                  || new SplittableRandom(salt + Arrays.hashCode(c)).nextInt(3) > 0;
      LevelSearch.Result found =
          LevelSearch.run(
              9, List.of(LayerOrder.random(9, 1), LayerOrder.random(9, 2)), 9, gate, gate);
      assertTrue(gate.passes(found.levels().stream().mapToInt(Integer::intValue).toArray()));
      assertEquals(0, found.backtracks());
    }
  }

  @Test
  void whatIsNotConfirmedIsSteppedBackFrom() {
    LevelSearch.Gate easy = c -> Arrays.stream(c).sum() <= 7;
    LevelSearch.Gate strict = c -> Arrays.stream(c).sum() <= 4;
    int[] order = IntStream.range(0, 10).toArray();
    LevelSearch.Result found = LevelSearch.run(10, List.of(order), 0, easy, strict);
    assertEquals(List.of(1, 1, 1, 1, 0, 0, 0, 0, 0, 0), found.levels());
    assertEquals(3, found.backtracks());
    assertTrue(found.met());
  }

  @Test
  void nothingPassesAndNothingToDo() {
    LevelSearch.Result never =
        LevelSearch.run(3, List.of(new int[] {0, 1, 2}), 3, c -> false, c -> false);
    assertFalse(never.met());
    assertEquals(List.of(0, 0, 0), never.levels());
    LevelSearch.Result none = LevelSearch.run(3, List.of(new int[0]), 3, c -> true, c -> true);
    assertTrue(none.met());
    assertEquals(0, none.evaluations());
  }

  @Test
  void onlyLayersOfTheLevelBeforeGoOn() {
    LevelSearch.Gate gate = c -> c[0] <= 1;
    LevelSearch.Result found =
        LevelSearch.run(2, List.of(new int[] {0}, new int[] {1, 0}), 2, gate, gate);
    assertEquals(List.of(1, 0), found.levels());
  }
}
