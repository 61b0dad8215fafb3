package io.compressor.pass.weights.learn;

import io.compressor.ir.Bytes;
import io.compressor.ir.Tensor;
import io.compressor.statistics.stage.StageDataset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Batches of what a stage reads and of what it is to make, in parts. The samples of a part are
 * stacked along axis 0 where the model and their shapes allow it; nothing is padded. Every eighth
 * sample is held out, evenly spread, where there are sixteen at least; else those that are learnt
 * from are looked at again. The order follows from the seed alone.
 */
final class StageSamples implements LearningLoop.Lessons {
  private static final int HOLD_OUT = 8;
  private static final int WINDOW = 8;

  /** Parts of a batch that samples are stacked in: as many threads have something to do. */
  private static final int PARTS = 4;

  private final StageDataset inputs;
  private final StageDataset wanted;
  private final Map<String, String> targets;
  private final int batch;
  private final long seed;
  private final List<Integer> samples;
  private final List<List<Integer>> held;
  private final boolean stacks;
  private final List<String> shapes = new ArrayList<>();
  private List<List<Integer>> epoch = List.of();
  private int first;
  private int next;

  /**
   * @param inputs what the stage reads, by sample
   * @param wanted what it is to make, by sample
   * @param targets by value of {@code wanted}, the name under which it is fed
   * @param batch samples in a batch
   * @param stacked whether the model takes more than one sample at once
   */
  StageSamples(
      StageDataset inputs,
      StageDataset wanted,
      Map<String, String> targets,
      int batch,
      boolean stacked,
      long seed) {
    this.inputs = inputs;
    this.wanted = wanted;
    this.targets = targets;
    this.seed = seed;
    this.batch = batch;
    boolean fit = stacked;
    for (int i = 0; i < inputs.size(); i++) {
      Map<String, Tensor> one = sample(i);
      StringBuilder shape = new StringBuilder();
      for (Tensor t : one.values()) {
        shape.append(Arrays.toString(t.dims()));
        fit &= t.rank() >= 2 && t.dims()[0] == 1;
      }
      shapes.add(shape.toString());
    }
    this.stacks = fit;
    boolean some = inputs.size() >= 2 * HOLD_OUT;
    this.samples =
        IntStream.range(0, inputs.size()).filter(i -> !some || !isHeld(i)).boxed().toList();
    this.held =
        cut(
            some
                ? IntStream.range(0, inputs.size()).filter(StageSamples::isHeld).boxed().toList()
                : samples);
  }

  private static boolean isHeld(int i) {
    return i % HOLD_OUT == 3;
  }

  /** Steps must come in order. */
  @Override
  public List<Map<String, Tensor>> training(int step) {
    while (step >= first + epoch.size()) {
      first += epoch.size();
      epoch = shuffled(new SplittableRandom(seed + 0x9e3779b97f4a7c15L * ++next));
    }
    return parts(epoch.get(step - first));
  }

  @Override
  public int held() {
    return held.size();
  }

  @Override
  public List<Map<String, Tensor>> held(int index) {
    return parts(held.get(index));
  }

  /** Samples of like shape come together, so that parts are few; within so many batches only. */
  private List<List<Integer>> shuffled(SplittableRandom random) {
    List<Integer> order = new ArrayList<>(samples);
    shuffle(order, random);
    List<List<Integer>> batches = new ArrayList<>();
    for (int from = 0; from < order.size(); from += WINDOW * batch) {
      batches.addAll(cut(order.subList(from, Math.min(order.size(), from + WINDOW * batch))));
    }
    shuffle(batches, random);
    return batches;
  }

  private static <T> void shuffle(List<T> list, SplittableRandom random) {
    for (int i = list.size() - 1; i > 0; i--) {
      list.set(i, list.set(random.nextInt(i + 1), list.get(i)));
    }
  }

  private List<List<Integer>> cut(List<Integer> some) {
    List<Integer> order = some.stream().sorted(Comparator.comparing(shapes::get)).toList();
    List<List<Integer>> batches = new ArrayList<>();
    for (int from = 0; from < order.size(); from += batch) {
      batches.add(order.subList(from, Math.min(order.size(), from + batch)));
    }
    return batches;
  }

  /** Samples of one shape together, as many as make {@link #PARTS} of a batch. */
  private List<Map<String, Tensor>> parts(List<Integer> samples) {
    int most = stacks ? Math.max(1, (samples.size() + PARTS - 1) / PARTS) : 1;
    Map<String, List<Integer>> byShape = new LinkedHashMap<>();
    samples.forEach(i -> byShape.computeIfAbsent(shapes.get(i), s -> new ArrayList<>()).add(i));
    List<Map<String, Tensor>> parts = new ArrayList<>();
    for (List<Integer> alike : byShape.values()) {
      for (int from = 0; from < alike.size(); from += most) {
        parts.add(stack(alike.subList(from, Math.min(alike.size(), from + most))));
      }
    }
    return parts;
  }

  private Map<String, Tensor> sample(int i) {
    Map<String, Tensor> one = new LinkedHashMap<>(inputs.batch(i, i + 1).inputs());
    Map<String, Tensor> made = wanted.batch(i, i + 1).inputs();
    targets.forEach(
        (value, name) -> {
          Tensor target = made.get(value);
          if (target != null) {
            one.put(name, target.withName(name));
          }
        });
    return one;
  }

  private Map<String, Tensor> stack(List<Integer> part) {
    List<Map<String, Tensor>> all = part.stream().map(this::sample).toList();
    if (all.size() == 1) {
      return all.get(0);
    }
    Map<String, Tensor> stacked = new LinkedHashMap<>();
    all.get(0)
        .forEach(
            (name, one) -> {
              long[] dims = one.dims().clone();
              dims[0] = all.size();
              List<Bytes> parts = new ArrayList<>();
              all.forEach(s -> parts.add(s.getOrDefault(name, one).data()));
              stacked.put(name, Tensor.of(name, one.type(), dims, Bytes.concat(parts)));
            });
    return stacked;
  }
}
