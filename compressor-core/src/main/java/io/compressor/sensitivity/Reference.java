package io.compressor.sensitivity;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.Dataset;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.ir.Value;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.statistics.RowMask;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Samples, and what the original makes of them at its first floating-point output. No labels are
 * needed. Samples of like length share a batch; padding does not count where a mask tells it.
 */
public final class Reference {
  private static final String MASK = "attention_mask";

  private final String output;
  private final Distance distance;
  private final SessionSettings settings;
  private final List<Part> parts;
  private final double whole;

  /**
   * One batch.
   *
   * @param mask 1 for rows that count, in the shape of the target without its last axis
   * @param counted how many count
   */
  record Part(Map<String, Tensor> feeds, Tensor target, float[] mask, double counted) {
    int width() {
      long[] dims = target.dims();
      return Math.toIntExact(dims[dims.length - 1]);
    }
  }

  private Reference(String output, Distance distance, SessionSettings settings, List<Part> parts) {
    this.output = output;
    this.distance = distance;
    this.settings = settings;
    this.parts = List.copyOf(parts);
    double sum = 0;
    for (Part part : parts) {
      Distance.Row t = Distance.Row.first(part.target(), part.width());
      for (int r = 0; r < part.mask().length; r++) {
        sum += part.mask()[r] == 0 ? 0 : distance.share(t.at((long) r));
      }
    }
    this.whole = sum > 0 ? sum : 1;
  }

  /**
   * Runs the original.
   *
   * @param batch samples a run, unless the data fixes the number
   * @throws CompressorException MODEL when the model has no floating-point output
   */
  public static Reference of(
      Model original, Dataset data, int batch, Distance distance, SessionSettings settings) {
    try (RuntimeSession session = RuntimeSession.open(original, settings)) {
      String output =
          session.outputs().stream()
              .filter(v -> v.type().isPresent() && v.type().get().elementType().isFloat())
              .map(Value::name)
              .findFirst()
              .orElseThrow(
                  () ->
                      new CompressorException(
                          ErrorCode.MODEL,
                          "model",
                          "no output holds floating-point numbers, so there is no loss to measure",
                          ""));
      List<Part> parts = new ArrayList<>();
      int size = data.fixedBatch().orElse(batch);
      int[] order =
          IntStream.range(0, data.size())
              .boxed()
              .sorted(Comparator.comparingInt(data::length))
              .mapToInt(Integer::intValue)
              .toArray();
      Dataset ordered = data.select(order);
      for (int from = 0; from < order.length; from += size) {
        int to = Math.min(order.length, from + size);
        int start = data.fixedBatch().isPresent() ? Math.max(0, to - size) : from;
        Map<String, Tensor> feeds = ordered.batch(start, to).inputs();
        Tensor target = session.run(feeds, List.of(output)).values().iterator().next();
        parts.add(part(feeds, target));
      }
      return new Reference(output, distance, settings, parts);
    }
  }

  private static Part part(Map<String, Tensor> feeds, Tensor target) {
    long[] dims = target.dims();
    int rows = 1;
    for (int i = 0; i + 1 < dims.length; i++) {
      rows = Math.toIntExact(rows * dims[i]);
    }
    float[] mask = new float[rows];
    java.util.Arrays.fill(mask, 1);
    Optional<RowMask> told =
        RowMask.find(Optional.of(MASK), feeds).filter(m -> m.covers(target.dims()));
    if (told.isPresent()) {
      Tensor given = feeds.get(MASK);
      mask = given == null ? mask : given.toFloats();
    }
    double counted = 0;
    for (float m : mask) {
      counted += m == 0 ? 0 : 1;
    }
    return new Part(feeds, target, mask, counted);
  }

  /** The output that is compared. */
  public String output() {
    return output;
  }

  List<Part> parts() {
    return parts;
  }

  Distance distance() {
    return distance;
  }

  SessionSettings settings() {
    return settings;
  }

  /** What a part's mean, as written on a tape, weighs in the whole. */
  double weight(Part part) {
    return part.counted() * distance.scale(part.width()) / whole;
  }

  /** How far a model of the same inputs is from the original; infinite where it is not a number. */
  public double distance(Model candidate) {
    try (RuntimeSession session = RuntimeSession.open(candidate, settings)) {
      return distance(
          part -> session.run(parts.get(part).feeds(), List.of(output)).values().iterator().next());
    }
  }

  /** The same of outputs, one for each batch. */
  double distance(IntFunction<Tensor> outputs) {
    double sum = 0;
    for (int p = 0; p < parts.size(); p++) {
      Part part = parts.get(p);
      Distance.Row t = Distance.Row.first(part.target(), part.width());
      Distance.Row s = Distance.Row.first(outputs.apply(p), part.width());
      for (int r = 0; r < part.mask().length; r++) {
        sum += part.mask()[r] == 0 ? 0 : distance.row(t.at((long) r), s.at((long) r));
      }
    }
    double mean = sum / whole;
    return Double.isNaN(mean) ? Double.POSITIVE_INFINITY : mean;
  }
}
