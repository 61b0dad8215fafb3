package io.compressor.pass.prune;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.Batch;
import io.compressor.formats.data.Dataset;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** The batches on which distortion is measured, kept in memory: they are run again and again. */
final class CurveFeeds {
  private static final int BATCH = 32;

  private CurveFeeds() {}

  /** Evenly spread samples, those of like length together. */
  static List<Map<String, Tensor>> of(Dataset data, int samples) {
    int size = Math.min(samples, data.size());
    int batch = data.fixedBatch().orElse(Math.min(BATCH, size));
    int whole = Math.max(batch, size / batch * batch);
    int count = Math.min(data.size(), whole);
    int[] order =
        IntStream.range(0, count)
            .map(i -> (int) ((long) i * data.size() / count))
            .boxed()
            .sorted(Comparator.comparingInt(data::length))
            .mapToInt(i -> i)
            .toArray();
    Dataset some = data.select(order);
    List<Map<String, Tensor>> feeds = new ArrayList<>();
    for (int from = 0; from < count; from += batch) {
      Batch one = some.batch(from, Math.min(count, from + batch));
      feeds.add(one.inputs());
    }
    return feeds;
  }

  /**
   * Normal noise for models whose inputs are real numbers of known shape (RD-prune, section 4.4).
   *
   * @throws CompressorException MODEL for any other input
   */
  static List<Map<String, Tensor>> noise(Model model, int samples, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Map<String, Tensor>> feeds = new ArrayList<>();
    for (int from = 0; from < samples; from += BATCH) {
      Map<String, Tensor> one = new LinkedHashMap<>();
      for (Value input : model.graph().inputs()) {
        if (!model.graph().initializers().containsKey(input.name())) {
          one.put(input.name(), noise(input, Math.min(BATCH, samples - from), random));
        }
      }
      feeds.add(one);
    }
    return feeds;
  }

  private static Tensor noise(Value input, int batch, SplittableRandom random) {
    TensorType type = input.type().orElseThrow(() -> noNoise(input, "has no declared type"));
    List<Dim> dims = type.dims().orElseThrow(() -> noNoise(input, "has no declared shape"));
    if (type.elementType() != ElementType.FLOAT || dims.isEmpty()) {
      throw noNoise(input, "holds " + type.elementType());
    }
    long[] shape = new long[dims.size()];
    int count = 1;
    for (int d = 0; d < shape.length; d++) {
      if (dims.get(d) instanceof Dim.Fixed fixed) {
        shape[d] = fixed.size();
      } else if (d == 0) {
        shape[d] = batch;
      } else {
        throw noNoise(input, "has no fixed size along axis " + d);
      }
      count = Math.multiplyExact(count, Math.toIntExact(shape[d]));
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.ofFloats(input.name(), shape, values);
  }

  private static CompressorException noNoise(Value input, String why) {
    return new CompressorException(
        ErrorCode.MODEL,
        input.name(),
        "zero-data makes normal noise of a known shape, but this input " + why,
        "give calibration data instead");
  }
}
