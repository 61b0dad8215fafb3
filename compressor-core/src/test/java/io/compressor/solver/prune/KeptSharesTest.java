package io.compressor.solver.prune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeptSharesTest {
  private static final double[] NONE = new double[3];
  private static final double[] ALL = {1, 1, 1};

  @Test
  void uniformKeepsTheSameShareAndNeverMoreThanTheTotal() {
    int[] sizes = {1000, 300, 7};
    for (int total = 0; total <= 1307; total += 101) {
      int[] kept = KeptShares.scaled(sizes, ALL, NONE, ALL, total);
      assertTrue(Arrays.stream(kept).sum() <= total);
      assertTrue(Arrays.stream(kept).sum() >= total - 3);
      for (int i = 0; i < 3; i++) {
        assertEquals((double) total / 1307, (double) kept[i] / sizes[i], 1.0 / sizes[i] + 1e-3);
      }
    }
  }

  @Test
  void leastSharesAreKeptWhileTheyCanBe() {
    int[] sizes = {100, 1000, 100};
    double[] least = {1, 0, 0.2};
    assertArrayEquals(
        new int[] {100, 80, 20}, KeptShares.scaled(sizes, ALL, least, ALL, 200), "dense and 20 %");
    int[] scarce = KeptShares.scaled(sizes, ALL, least, ALL, 60);
    assertTrue(Arrays.stream(scarce).sum() <= 60 && scarce[1] > 0, Arrays.toString(scarce));
  }

  @Test
  void whatIsGoneStaysGone() {
    int[] kept =
        KeptShares.scaled(new int[] {100, 100, 100}, ALL, NONE, new double[] {0.1, 1, 0.5}, 120);
    assertTrue(kept[0] <= 10 && kept[2] <= 50, Arrays.toString(kept));
    assertTrue(Arrays.stream(kept).sum() >= 118, Arrays.toString(kept));
  }

  @Test
  void smallLayersAreDenserUnderErdosRenyi() {
    double small = KeptShares.erdosRenyi(new long[] {16, 16, 3, 3});
    double large = KeptShares.erdosRenyi(new long[] {256, 256, 3, 3});
    assertEquals((16 + 16 + 3 + 3) / (16.0 * 16 * 9), small, 1e-12);
    assertTrue(small > large);
  }

  @Test
  void oneThresholdKeepsTheLargestWhereverTheyAre() {
    float[] a = {0.1f, 0.2f, 5};
    float[] b = {1, 2, 3, 4};
    assertArrayEquals(new int[] {1, 2}, KeptShares.byThreshold(List.of(a, b), 3));
    assertArrayEquals(new int[] {0, 0}, KeptShares.byThreshold(List.of(a, b), 0));
    assertArrayEquals(new int[] {3, 4}, KeptShares.byThreshold(List.of(a, b), 7));
    float[] ties = {1, 1, 1};
    assertArrayEquals(new int[] {3, 1}, KeptShares.byThreshold(List.of(ties, ties), 4));
    float[] gone = {-1, -1, 3};
    assertArrayEquals(new int[] {1}, KeptShares.byThreshold(List.of(gone), 3));
  }

  @Test
  void lampDividesBySquaresOfAllThatAreNoSmaller() {
    float[] scores = KeptShares.lamp(new float[] {-1, 1, 2, 3});
    assertEquals(-1, scores[0]);
    assertEquals(1 / 14.0, scores[1], 1e-7);
    assertEquals(4 / 13.0, scores[2], 1e-7);
    assertEquals(1, scores[3]);
  }

  @Test
  void masksOfMoreZerosContainThoseOfFewer() {
    SplittableRandom random = new SplittableRandom(3);
    float[] w = new float[500];
    boolean[] kept = new boolean[500];
    for (int i = 0; i < w.length; i++) {
      w[i] = random.nextInt(-9, 10);
      kept[i] = i % 7 != 0;
    }
    Ranking ranking = Ranking.ofMagnitudes(w, kept);
    boolean[] before = ranking.kept(0);
    for (int zeros = 0; zeros <= 500; zeros += 20) {
      boolean[] now = ranking.kept(zeros);
      int gone = 0;
      for (int i = 0; i < 500; i++) {
        gone += now[i] ? 0 : 1;
        assertTrue(before[i] || !now[i], "a weight came back");
        assertTrue(zeros < 72 || kept[i] || !now[i], "what was gone is among the first");
      }
      assertEquals(zeros, gone);
      before = now;
    }
  }
}
