package io.compressor.train.task;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.Dataset;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Shuffled batches of samples of like length, and some samples held out. The order follows from the
 * seed alone, and so does what augmentation does to a sample in an epoch.
 */
public final class Batches {
  private static final int HOLD_OUT = 8;
  private static final int WINDOW = 8;

  private final Dataset data;
  private final Plan plan;
  private final int batch;
  private final int[] samples;
  private final int[] held;
  private final Optional<long[]> labels;
  private List<Map<String, Tensor>> heldOut = List.of();
  private List<int[]> epoch = List.of();
  private List<int[]> fixedOrder = List.of();
  private int epochIndex = -1;

  /**
   * How samples become batches.
   *
   * @param batch samples in a batch; fewer where the data has not as many
   * @param seed of order and augmentation
   * @param every one of so many samples is held out, evenly spread, where there are that many
   *     batches at least; else the samples to learn from are looked at again
   * @param mostHeld samples held out at most
   * @param labels name of the int64 input [batch] that labels are fed as; empty = without
   * @param augmentation of what is learnt from, never of what is held out
   */
  public record Plan(
      int batch,
      long seed,
      int every,
      int mostHeld,
      Optional<String> labels,
      Optional<Augmentation> augmentation) {

    /** Every eighth sample is held out; neither labels nor augmentation. */
    public static Plan of(int batch, long seed) {
      return new Plan(batch, seed, HOLD_OUT, Integer.MAX_VALUE, Optional.empty(), Optional.empty());
    }

    public Plan holdingOut(int oneOf, int most) {
      return new Plan(batch, seed, oneOf, most, labels, augmentation);
    }

    public Plan labelled(String input) {
      return new Plan(batch, seed, every, mostHeld, Optional.of(input), augmentation);
    }

    public Plan augmented(Augmentation how) {
      return new Plan(batch, seed, every, mostHeld, labels, Optional.of(how));
    }
  }

  private Batches(Dataset data, Plan plan, int[] samples, int[] held) {
    this.data = data;
    this.plan = plan;
    this.batch = Math.min(data.fixedBatch().orElse(plan.batch()), samples.length);
    this.samples = samples;
    this.held = held;
    this.labels = plan.labels().map(l -> labels(data));
  }

  /** Every eighth sample is held out, evenly spread, where there are eight batches at least. */
  public static Batches of(Dataset data, int batch, long seed) {
    return of(data, Plan.of(batch, seed));
  }

  /**
   * @throws CompressorException DATA when labels are wanted and the data has none
   */
  public static Batches of(Dataset data, Plan plan) {
    int every = plan.every();
    int size = data.fixedBatch().orElse(plan.batch());
    boolean some = data.size() >= (long) every * size;
    int step = Math.max(every, (int) Math.ceil((double) data.size() / plan.mostHeld()));
    int[] training =
        IntStream.range(0, data.size()).filter(i -> !some || !isHeld(i, step, every)).toArray();
    int[] held =
        some
            ? IntStream.range(0, data.size()).filter(i -> isHeld(i, step, every)).toArray()
            : training;
    return new Batches(data, plan, training, held);
  }

  private static boolean isHeld(int i, int step, int every) {
    return i % step == Math.min(3, every - 1);
  }

  private static long[] labels(Dataset data) {
    return data.labels()
        .orElseThrow(
            () ->
                new CompressorException(
                    ErrorCode.DATA,
                    data.describe(),
                    "has no labels, and labels are to be learnt from",
                    "add an int64 array 'label', or learn from the original: objective: distill"));
  }

  /**
   * Checks labels before anything runs.
   *
   * @throws CompressorException DATA naming the first one that is no class
   */
  public void requireLabelsBelow(long classes) {
    labels.ifPresent(
        all -> {
          for (int i = 0; i < all.length; i++) {
            if (all[i] < 0 || all[i] >= classes) {
              throw new CompressorException(
                  ErrorCode.DATA,
                  data.describe(),
                  "the label of sample %d is %d, expected 0 to %d: the model tells %d classes apart"
                      .formatted(i, all[i], classes - 1, classes),
                  "check that labels count from 0, and that they belong to this model");
            }
          }
        });
  }

  /** Samples in a batch. */
  public int batch() {
    return batch;
  }

  /** Whole batches until all samples have been seen. */
  public int perEpoch() {
    return Math.max(1, samples.length / batch);
  }

  /** Samples that are learnt from. */
  public int samples() {
    return samples.length;
  }

  /** What determines the batches, for checkpoints. */
  public String describe() {
    return "%d of %d samples in batches of %d, seed %d%s"
        .formatted(
            samples.length,
            data.size(),
            batch,
            plan.seed(),
            plan.augmentation().map(a -> ", " + a).orElse(""));
  }

  /** Held-out batches, never augmented. */
  public List<Map<String, Tensor>> heldOut() {
    if (heldOut.isEmpty()) {
      heldOut = cut(byLength(data, held)).stream().map(part -> load(part, -1)).toList();
    }
    return heldOut;
  }

  /** The batch of a step. Steps of one epoch are cheapest one after the other. */
  public Map<String, Tensor> training(int step) {
    int perEpoch = perEpoch();
    int wanted = step / perEpoch;
    if (wanted != epochIndex) {
      epochIndex = wanted;
      epoch = shuffled(new SplittableRandom(plan.seed() + 0x9e3779b97f4a7c15L * (wanted + 1L)));
    }
    return load(epoch.get(step % perEpoch), wanted);
  }

  /** A batch of an order of its own, for statistics; not augmented, without labels. */
  public Map<String, Tensor> statistics(int index) {
    if (fixedOrder.isEmpty()) {
      fixedOrder = shuffled(new SplittableRandom(plan.seed()));
    }
    Map<String, Tensor> feeds = load(fixedOrder.get(index % fixedOrder.size()), -1);
    plan.labels().ifPresent(feeds::remove);
    return feeds;
  }

  private List<int[]> shuffled(SplittableRandom random) {
    int[] order = samples.clone();
    shuffle(order, random);
    List<int[]> batches = new ArrayList<>();
    for (int from = 0; from < order.length; from += WINDOW * batch) {
      int to = Math.min(order.length, from + WINDOW * batch);
      batches.addAll(cut(byLength(data, Arrays.copyOfRange(order, from, to))));
    }
    int whole = perEpoch();
    batches.sort(Comparator.comparingInt((int[] b) -> -b.length));
    List<int[]> kept = new ArrayList<>(batches.subList(0, Math.min(whole, batches.size())));
    int[] places = IntStream.range(0, kept.size()).toArray();
    shuffle(places, random);
    return IntStream.of(places).mapToObj(kept::get).toList();
  }

  private static void shuffle(int[] order, SplittableRandom random) {
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int held = order[i];
      order[i] = order[j];
      order[j] = held;
    }
  }

  private static int[] byLength(Dataset data, int[] some) {
    return IntStream.of(some)
        .boxed()
        .sorted(Comparator.comparingInt(data::length))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private List<int[]> cut(int[] order) {
    List<int[]> parts = new ArrayList<>();
    for (int from = 0; from < order.length; from += batch) {
      parts.add(Arrays.copyOfRange(order, from, Math.min(order.length, from + batch)));
    }
    return parts;
  }

  /**
   * @param epochIndex which one; −1 for samples that are only looked at
   */
  private Map<String, Tensor> load(int[] part, int epochIndex) {
    Map<String, Tensor> feeds =
        new LinkedHashMap<>(data.select(part).batch(0, part.length).inputs());
    if (epochIndex >= 0) {
      plan.augmentation().ifPresent(a -> a.apply(feeds, part, plan.seed(), epochIndex));
    }
    labels.ifPresent(
        all -> {
          String name = plan.labels().orElseThrow();
          long[] picked = IntStream.of(part).mapToLong(i -> all[i]).toArray();
          feeds.put(name, Tensor.ofLongs(name, new long[] {part.length}, picked));
        });
    return feeds;
  }
}
