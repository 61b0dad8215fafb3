package io.compressor.solver.allocate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What nothing else betters. */
public final class ParetoFront {
  private ParetoFront() {}

  /**
   * The items that no other one matches in every objective and betters in one; of equal items the
   * first. In their given order.
   *
   * @param objectives smaller is better
   */
  public static <T> List<T> of(List<T> items, List<ToDoubleFunction<T>> objectives) {
    List<T> front = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      boolean kept = true;
      for (int j = 0; j < items.size() && kept; j++) {
        kept = j == i || !betters(items.get(j), items.get(i), j < i, objectives);
      }
      if (kept) {
        front.add(items.get(i));
      }
    }
    return front;
  }

  private static <T> boolean betters(
      T one, T other, boolean first, List<ToDoubleFunction<T>> objectives) {
    boolean strictly = first;
    for (ToDoubleFunction<T> objective : objectives) {
      double a = objective.applyAsDouble(one);
      double b = objective.applyAsDouble(other);
      if (a > b) {
        return false;
      }
      strictly |= a < b;
    }
    return strictly;
  }
}
