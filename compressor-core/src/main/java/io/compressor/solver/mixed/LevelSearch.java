package io.compressor.solver.mixed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lowers layers level by level as far as a gate allows. At each level a bisection finds how many
 * layers of the order may go there, among those that reached the level before; then each of the
 * remaining ones is tried once by itself (polish).
 *
 * <p>The gate is meant to be monotone: fewer lowered layers pass where more do. Where it is not,
 * the result is still one that the gate has passed: every state that is kept was tried, and the
 * last one is confirmed and stepped back from while it fails.
 *
 * <p>Source: Schaefer et al. (arXiv 2306.04879 and 2302.01382); our reading.
 */
public final class LevelSearch {
  /** Says whether a configuration is good enough. */
  @FunctionalInterface
  public interface Gate {
    /**
     * @param levels of each layer, 0 = untouched; not to be changed
     */
    boolean passes(int[] levels);
  }

  /**
   * What was found.
   *
   * @param levels of each layer
   * @param met whether the gate passed it; false only when it fails with every layer untouched
   * @param evaluations of the gate, repeated ones not counted
   * @param bound on the evaluations of the bisections: levels · (⌈log₂ layers⌉ + 1)
   * @param polishing evaluations that went into single layers
   * @param backtracks steps back from a state that was not confirmed
   */
  public record Result(
      List<Integer> levels,
      boolean met,
      int evaluations,
      int bound,
      int polishing,
      int backtracks) {
    public Result {
      levels = List.copyOf(levels);
    }
  }

  private final Gate gate;
  private final Map<List<Integer>, Boolean> known = new HashMap<>();
  private final List<int[]> moves = new ArrayList<>();
  private final int[] now;
  private int bound;
  private int polishing;

  private LevelSearch(int layers, Gate gate) {
    this.gate = gate;
    this.now = new int[layers];
  }

  /**
   * @param orders for each level from 1 on, the layers that may go there, least sensitive first
   * @param polish how many single layers may be tried a level; 0 = none
   * @param gate decides while searching
   * @param confirm decides in the end; the same gate, or a dearer one on more data
   */
  public static Result run(int layers, List<int[]> orders, int polish, Gate gate, Gate confirm) {
    LevelSearch search = new LevelSearch(layers, gate);
    for (int level = 1; level <= orders.size(); level++) {
      search.lower(orders.get(level - 1), level, polish);
    }
    return search.confirmed(confirm);
  }

  private void lower(int[] order, int level, int polish) {
    int before = level - 1;
    int[] may = Arrays.stream(order).filter(i -> now[i] == before).toArray();
    if (may.length == 0) {
      return;
    }
    bound += ceilLog2(may.length) + 1;
    int good = 0;
    int bad = may.length + 1;
    while (bad - good > 1) {
      int middle = (good + bad) >>> 1;
      if (passes(with(may, middle, level))) {
        good = middle;
      } else {
        bad = middle;
      }
    }
    for (int i = 0; i < good; i++) {
      move(may[i], level);
    }
    int tries = 0;
    for (int i = good; i < may.length && tries < polish && good < may.length; i++) {
      int[] next = now.clone();
      next[may[i]] = level;
      int asked = known.size();
      boolean passed = passes(next);
      tries += known.size() - asked;
      if (passed) {
        move(may[i], level);
      }
    }
    polishing += tries;
  }

  private void move(int layer, int level) {
    moves.add(new int[] {layer, now[layer]});
    now[layer] = level;
  }

  private int[] with(int[] order, int count, int level) {
    int[] next = now.clone();
    for (int i = 0; i < count; i++) {
      next[order[i]] = level;
    }
    return next;
  }

  private boolean passes(int[] levels) {
    return known.computeIfAbsent(boxed(levels), k -> gate.passes(levels.clone()));
  }

  private Result confirmed(Gate confirm) {
    int backtracks = 0;
    while (!moves.isEmpty() && !confirm.passes(now.clone())) {
      int[] last = moves.remove(moves.size() - 1);
      now[last[0]] = last[1];
      backtracks++;
    }
    boolean met = !moves.isEmpty() || confirm.passes(now.clone());
    return new Result(boxed(now), met, known.size(), bound, polishing, backtracks);
  }

  private static List<Integer> boxed(int[] levels) {
    return Arrays.stream(levels).boxed().toList();
  }

  private static int ceilLog2(int n) {
    return n <= 1 ? 0 : 32 - Integer.numberOfLeadingZeros(n - 1);
  }
}
