package io.compressor.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Accuracy of a {@link RidgeProbe} for encoders without a head. The probe learns from the base
 * model's pooled outputs on half of each class (drawn by the seed), stays fixed, and classifies the
 * other half from either model's outputs: what it loses, the compressed model lost.
 */
record ProbeAccuracy(Pooling pooling) implements ScoredMetric.OfEmbeddings {
  private static final int FEWEST_SAMPLES = 10;
  private static final int WIDEST = 16_384;

  /** Equations of this many unknowns are solved; wider features learn from as many samples. */
  private static final int LARGEST_SYSTEM = 4096;

  @Override
  public String id() {
    return "probe-top1";
  }

  @Override
  public Direction direction() {
    return Direction.HIGHER_IS_BETTER;
  }

  @Override
  public DropScale dropScale() {
    return DropScale.ABSOLUTE;
  }

  @Override
  public boolean proportion() {
    return true;
  }

  @Override
  public Function<Embeddings, SampleTable> fit(Embeddings base, Truth truth, long seed) {
    long[] labels = truth.labels(id());
    long[] classes = Arrays.stream(labels).distinct().sorted().toArray();
    Split split = Split.of(labels, seed);
    if (classes.length < 2 || labels.length < FEWEST_SAMPLES || split.test().length == 0) {
      throw truth.unfit(
          "%s has %d samples of %d classes to learn from and test on; it needs %d of 2"
              .formatted(id(), labels.length, classes.length, FEWEST_SAMPLES),
          "give more labelled samples");
    }
    int width = base.get(0).length;
    int[] train = width > LARGEST_SYSTEM ? spread(split.train(), LARGEST_SYSTEM) : split.train();
    float[][] x = new float[train.length][];
    int[] y = new int[x.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = checked(base.get(train[i]), train[i], width, truth);
      y[i] = Arrays.binarySearch(classes, labels[train[i]]);
    }
    RidgeProbe probe = RidgeProbe.train(x, y, classes.length);
    return embeddings -> score(probe, embeddings, split.test(), labels, classes, truth);
  }

  private static int[] spread(int[] all, int most) {
    return all.length <= most
        ? all
        : IntStream.range(0, most).map(i -> all[(int) ((long) i * all.length / most)]).toArray();
  }

  private static SampleTable score(
      RidgeProbe probe,
      Embeddings embeddings,
      int[] test,
      long[] labels,
      long[] classes,
      Truth truth) {
    double[] right = new double[test.length];
    int width = probe.weights()[0].length;
    for (int i = 0; i < test.length; i++) {
      int said = probe.classify(checkedWidth(embeddings.get(test[i]), test[i], width, truth));
      right[i] = said < 0 ? Double.NaN : classes[said] == labels[test[i]] ? 1 : 0;
    }
    return SampleTable.of(right);
  }

  private float[] checked(float[] vector, int sample, int width, Truth truth) {
    if (width > WIDEST) {
      throw truth.unfit(
          "%s works on vectors of up to %d values, this output has %d"
              .formatted(id(), WIDEST, width),
          "choose a pooling: mean or cls");
    }
    checkedWidth(vector, sample, width, truth);
    for (float v : vector) {
      if (!Float.isFinite(v)) {
        throw truth.unfit(
            "the base model's output is not finite for sample " + sample,
            "remove the sample, or check the base model");
      }
    }
    return vector;
  }

  private static float[] checkedWidth(float[] vector, int sample, int width, Truth truth) {
    if (vector.length != width) {
      throw truth.unfit(
          "output of sample %d has %d values, others %d".formatted(sample, vector.length, width),
          "choose a pooling: mean or cls");
    }
    return vector;
  }

  @Override
  public Statistic statistic(SampleTable table) {
    return Statistic.mean(table.column(0));
  }

  /** Half of each class, the larger half to learn from; both in the order of the data. */
  private record Split(int[] train, int[] test) {
    static Split of(long[] labels, long seed) {
      Map<Long, List<Integer>> byClass = new TreeMap<>();
      for (int i = 0; i < labels.length; i++) {
        byClass.computeIfAbsent(labels[i], c -> new ArrayList<>()).add(i);
      }
      List<Integer> train = new ArrayList<>();
      List<Integer> test = new ArrayList<>();
      SplittableRandom random = new SplittableRandom(seed);
      for (List<Integer> members : byClass.values()) {
        for (int i = members.size() - 1; i > 0; i--) {
          Collections.swap(members, i, random.nextInt(i + 1));
        }
        int half = (members.size() + 1) / 2;
        train.addAll(members.subList(0, half));
        test.addAll(members.subList(half, members.size()));
      }
      return new Split(sorted(train), sorted(test));
    }

    private static int[] sorted(List<Integer> list) {
      return list.stream().mapToInt(Integer::intValue).sorted().toArray();
    }
  }
}
