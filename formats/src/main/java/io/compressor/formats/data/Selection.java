package io.compressor.formats.data;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Which samples of the files are used: first shuffled, then cut to the split, then limited. Pairs
 * stay together.
 *
 * @param split part of the samples; all when empty
 * @param shuffle seed of the permutation; file order when empty
 * @param limit most samples (or pairs) used
 */
public record Selection(Optional<Split> split, OptionalLong shuffle, OptionalInt limit) {
  /** Everything in file order. */
  public static Selection all() {
    return new Selection(Optional.empty(), OptionalLong.empty(), OptionalInt.empty());
  }

  /**
   * A stretch of the samples.
   *
   * @param text as written, {@code 0%..80%} or {@code 100..200}
   * @param from start, and {@code to} end, in samples or as a share
   */
  public record Split(String text, Bound from, Bound to) {}

  /** One end of a split: a count of samples, or a share of all of them (0 to 1). */
  public record Bound(double value, Unit unit) {
    int of(int all) {
      double at = unit == Unit.SHARE ? Math.rint(value * all) : value;
      return (int) Math.min(at, all);
    }
  }

  /** What a bound counts. */
  public enum Unit {
    SAMPLES,
    SHARE
  }

  /** Chosen units (samples or pairs) out of {@code all}, in the order of use. */
  int[] choose(int all) {
    int[] order = IntStream.range(0, all).toArray();
    shuffle.ifPresent(seed -> permute(order, new SplittableRandom(seed)));
    int from = split.map(s -> s.from().of(all)).orElse(0);
    int to = split.map(s -> s.to().of(all)).orElse(all);
    int stop = (int) Math.min(to, (long) from + limit.orElse(Integer.MAX_VALUE));
    return from < stop ? Arrays.copyOfRange(order, from, stop) : new int[0];
  }

  private static void permute(int[] order, SplittableRandom random) {
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
  }
}
