package io.compressor.solver.mixed;

import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Orders in which layers are made smaller, the one that is believed to mind least first. */
public final class LayerOrder {
  private LayerOrder() {}

  /** Smallest key first; equal ones in the order of the model. */
  public static int[] ascending(double[] keys) {
    return IntStream.range(0, keys.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> keys[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /**
   * Least sensitivity for what is saved first.
   *
   * @param sensitivity of each layer; a negative one (errors that cancel) comes before all others
   * @param saved milliseconds or bytes; layers that save nothing come last, by sensitivity
   */
  public static int[] perSaving(double[] sensitivity, double[] saved) {
    return IntStream.range(0, sensitivity.length)
        .boxed()
        .sorted(
            Comparator.comparing((Integer i) -> !(saved[i] > 0))
                .thenComparingDouble(
                    i ->
                        !(saved[i] > 0)
                            ? sensitivity[i]
                            : sensitivity[i] < 0
                                ? sensitivity[i] * saved[i]
                                : sensitivity[i] / saved[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Any order, the same for the same seed. */
  public static int[] random(int layers, long seed) {
    int[] order = IntStream.range(0, layers).toArray();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = layers - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int held = order[i];
      order[i] = order[j];
      order[j] = held;
    }
    return order;
  }

  /** In the order of the model, so that the last layers keep their precision longest. */
  public static int[] lastLayersHigh(int layers) {
    return IntStream.range(0, layers).toArray();
  }
}
