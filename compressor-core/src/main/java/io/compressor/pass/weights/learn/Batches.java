package io.compressor.pass.weights.learn;

import io.compressor.formats.data.Dataset;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Shuffled batches of samples of like length, and some samples held out. The order follows from the
 * seed alone.
 */
final class Batches {
  private static final int HOLD_OUT = 8;
  private static final int WINDOW = 8;

  private final Dataset data;
  private final int batch;
  private final long seed;
  private final int[] samples;
  private final List<Map<String, Tensor>> heldOut = new ArrayList<>();
  private List<int[]> epoch = List.of();
  private int epochIndex = -1;

  private Batches(Dataset data, int batch, long seed, int[] samples) {
    this.data = data;
    this.batch = batch;
    this.seed = seed;
    this.samples = samples;
  }

  /** Every eighth sample is held out, evenly spread, where there are eight at least. */
  static Batches of(Dataset data, int batch, long seed) {
    int size = data.fixedBatch().orElse(batch);
    boolean some = data.size() >= HOLD_OUT * size;
    int[] training =
        IntStream.range(0, data.size()).filter(i -> !some || i % HOLD_OUT != 3).toArray();
    int[] held =
        some ? IntStream.range(0, data.size()).filter(i -> i % HOLD_OUT == 3).toArray() : training;
    Batches made = new Batches(data, Math.min(size, training.length), seed, training);
    for (int[] part : made.cut(byLength(data, held))) {
      made.heldOut.add(made.load(part));
    }
    return made;
  }

  List<Map<String, Tensor>> heldOut() {
    return heldOut;
  }

  /** The batch of a step; steps must be asked for in order. */
  Map<String, Tensor> training(int step) {
    int perEpoch = Math.max(1, samples.length / batch);
    int wanted = step / perEpoch;
    if (wanted != epochIndex) {
      epochIndex = wanted;
      epoch = shuffled(new SplittableRandom(seed + 0x9e3779b97f4a7c15L * (wanted + 1L)));
    }
    return load(epoch.get(step % perEpoch));
  }

  private List<int[]> shuffled(SplittableRandom random) {
    int[] order = samples.clone();
    shuffle(order, random);
    List<int[]> batches = new ArrayList<>();
    for (int from = 0; from < order.length; from += WINDOW * batch) {
      int to = Math.min(order.length, from + WINDOW * batch);
      batches.addAll(cut(byLength(data, java.util.Arrays.copyOfRange(order, from, to))));
    }
    int whole = Math.max(1, samples.length / batch);
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
      parts.add(java.util.Arrays.copyOfRange(order, from, Math.min(order.length, from + batch)));
    }
    return parts;
  }

  private Map<String, Tensor> load(int[] part) {
    return data.select(part).batch(0, part.length).inputs();
  }
}
