package io.compressor.solver.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.solver.block.ByteBudget.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ByteBudgetTest {
  private static List<List<Option>> problem(long seed, int tensors) {
    SplittableRandom random = new SplittableRandom(seed);
    List<List<Option>> all = new ArrayList<>();
    for (int t = 0; t < tensors; t++) {
      List<Option> options = new ArrayList<>();
      for (int o = 0; o < 4; o++) {
        options.add(new Option(random.nextDouble(), random.nextInt(1, 100)));
      }
      all.add(options);
    }
    return all;
  }

  private static double best(List<List<Option>> all, int tensor, long left) {
    if (tensor == all.size()) {
      return 0;
    }
    double least = Double.POSITIVE_INFINITY;
    for (Option o : all.get(tensor)) {
      if (o.bytes() <= left) {
        least = Math.min(least, o.error() + best(all, tensor + 1, left - o.bytes()));
      }
    }
    return least;
  }

  @Test
  void neverAboveTheTotalAndCloseToTheBest() {
    double found = 0;
    double optimal = 0;
    for (int seed = 0; seed < 60; seed++) {
      List<List<Option>> all = problem(seed, 6);
      long total = 120 + 4 * seed;
      double least = best(all, 0, total);
      int[] chosen = ByteBudget.choose(all, total).orElse(null);
      assertEquals(Double.isInfinite(least), chosen == null, "seed " + seed);
      if (chosen == null) {
        continue;
      }
      long bytes = 0;
      for (int t = 0; t < chosen.length; t++) {
        bytes += all.get(t).get(chosen[t]).bytes();
        found += all.get(t).get(chosen[t]).error();
      }
      assertTrue(bytes <= total, bytes + " > " + total);
      optimal += least;
    }
    assertTrue(found <= 1.1 * optimal, found + " against " + optimal);
  }

  @Test
  void enoughRoomTakesTheLeastError() {
    for (int seed = 0; seed < 10; seed++) {
      List<List<Option>> all = problem(seed, 5);
      int[] chosen = ByteBudget.choose(all, 1000).orElseThrow();
      for (int t = 0; t < 5; t++) {
        double least = all.get(t).stream().mapToDouble(Option::error).min().orElseThrow();
        assertEquals(least, all.get(t).get(chosen[t]).error());
      }
    }
  }
}
