package io.compressor.solver.lowrank;

import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.function.ToLongFunction;

/**
 * The authors' rule for λ: begin large and halve while the model still fits, since less shrinking
 * loses less; the last one that fits is taken.
 */
public final class LambdaSearch {
  private LambdaSearch() {}

  /**
   * @param first λ to begin with
   * @param rounds most runs
   * @param train one run at a λ
   * @param size of a run's model
   * @param most size that fits
   * @return the last run that fits; empty when even the first is too large
   */
  public static <T> Optional<T> halving(
      double first, int rounds, DoubleFunction<T> train, ToLongFunction<T> size, long most) {
    Optional<T> best = Optional.empty();
    double lambda = first;
    for (int i = 0; i < rounds; i++, lambda /= 2) {
      T now = train.apply(lambda);
      if (size.applyAsLong(now) > most) {
        return best;
      }
      best = Optional.of(now);
    }
    return best;
  }
}
