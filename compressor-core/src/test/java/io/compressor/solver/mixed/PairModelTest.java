package io.compressor.solver.mixed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairModelTest {
  @Test
  void sumsSinglesAndPairs() {
    PairModel model = new PairModel(new double[][] {{9, 1, 2}, {9, 3, 4}, {9, 5, 6}});
    model.setPair(0, 1, 1, 2, 0.5);
    model.setPair(2, 1, 0, 1, -2);
    assertEquals(0, model.predicted(new int[] {0, 0, 0}));
    assertEquals(10, model.singles(new int[] {1, 2, 1}));
    assertEquals(8.5, model.predicted(new int[] {1, 2, 1}));
    assertEquals(0, model.augmented(0, 1, 1, false));
    assertEquals(2, model.augmented(0, 1, 1, true));
    assertEquals(1, model.augmented(0, 1, 0, false));
    PairModel other = model.withOwn(new double[3][3]);
    assertEquals(-1.5, other.predicted(new int[] {1, 2, 1}));
  }

  @Test
  void refusesTermsThatMakeNoSense() {
    PairModel model = new PairModel(new double[2][2]);
    assertThrows(IllegalArgumentException.class, () -> model.setPair(0, 1, 0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> model.setPair(0, 0, 1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new PairModel(new double[][] {{0}, {0, 1}}));
    assertThrows(IllegalArgumentException.class, () -> model.withOwn(new double[3][2]));
  }

  /**
   * Layers 0 and 1 are the quietest alone, but each other's errors reinforce; 2 and 3 cancel. The
   * diagonal order stops after one of the first two, the augmented one takes the pair that cancels.
   */
  @Test
  void aPlantedInteractionChangesTheOrderAndFindsTheCheaperConfiguration() {
    double[][] own = {{0, 1}, {0, 1.1}, {0, 1.2}, {0, 1.3}};
    PairModel model = new PairModel(own);
    model.setPair(0, 1, 1, 1, 3);
    model.setPair(2, 1, 3, 1, -2);
    int[] diagonal = LayerOrder.ascending(keys(model, 0));
    int[] augmented = LayerOrder.ascending(keys(model, 1));
    assertNotEquals(Arrays.toString(diagonal), Arrays.toString(augmented));
    LevelSearch.Gate gate = c -> model.predicted(c) <= 2;
    LevelSearch.Result plain = LevelSearch.run(4, List.of(diagonal), 0, gate, gate);
    LevelSearch.Result better = LevelSearch.run(4, List.of(augmented), 0, gate, gate);
    assertTrue(lowered(better) > lowered(plain), better + " against " + plain);
    assertTrue(gate.passes(better.levels().stream().mapToInt(Integer::intValue).toArray()));
  }

  private static double[] keys(PairModel model, double lambda) {
    double[] keys = new double[model.layers()];
    Arrays.setAll(keys, i -> model.augmented(i, 1, lambda, false));
    return keys;
  }

  private static int lowered(LevelSearch.Result result) {
    return result.levels().stream().mapToInt(Integer::intValue).sum();
  }

  @Test
  void ordersAreStableAndSeeded() {
    assertArrayEquals(new int[] {2, 0, 1}, LayerOrder.ascending(new double[] {1, 1, 0}));
    assertArrayEquals(LayerOrder.random(9, 4), LayerOrder.random(9, 4));
    assertArrayEquals(
        new int[] {3, 1, 0, 2, 4},
        LayerOrder.perSaving(new double[] {4, 1, 0.5, -1, 0.7}, new double[] {2, 1, 0, 1, -1}));
  }

  @Test
  void ranksCorrelate() {
    assertEquals(1, RankCorrelation.spearman(new double[] {1, 2, 3}, new double[] {5, 8, 99}));
    assertEquals(-1, RankCorrelation.spearman(new double[] {1, 2, 3}, new double[] {3, 2, 1}));
    assertEquals(
        0.8660254, RankCorrelation.spearman(new double[] {1, 2, 3}, new double[] {1, 1, 2}), 1e-6);
  }
}
