package io.compressor.cli;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/** Made-up inputs for timing: noise for floats, ones for masks, zeros for other integers. */
final class BenchFeeds {
  private static final int SEED = 17;

  private BenchFeeds() {}

  /** Reads {@code input=1x128} words. */
  static Map<String, long[]> shapes(List<String> words) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (String word : words) {
      int at = word.lastIndexOf('=');
      String sizes = word.substring(at + 1);
      if (at < 1 || !sizes.matches("\\d{1,9}(x\\d{1,9}){0,7}")) {
        throw new CompressorException(
            ErrorCode.USAGE, "--shape " + word, "not of the form input=1x128", "");
      }
      shapes.put(
          word.substring(0, at),
          Arrays.stream(sizes.split("x")).mapToLong(Long::parseLong).toArray());
    }
    return shapes;
  }

  /** A tensor for each input; symbolic dimensions are 1 where no shape is given. */
  static Map<String, Tensor> of(List<Value> inputs, Map<String, long[]> shapes) {
    for (String name : shapes.keySet()) {
      if (inputs.stream().noneMatch(v -> v.name().equals(name))) {
        throw new CompressorException(
            ErrorCode.USAGE,
            "--shape " + name,
            "the model has no such input",
            "it has " + String.join(", ", inputs.stream().map(Value::name).toList()));
      }
    }
    Map<String, Tensor> feeds = new LinkedHashMap<>();
    inputs.forEach(v -> feeds.put(v.name(), feed(v, shapes.getOrDefault(v.name(), new long[0]))));
    return feeds;
  }

  private static Tensor feed(Value input, long[] wanted) {
    TensorType type =
        input
            .type()
            .orElseThrow(
                () ->
                    new CompressorException(
                        ErrorCode.MODEL, input.name(), "the input is no tensor", "give --data"));
    long[] shape = wanted.length > 0 ? wanted : declared(type);
    int count = count(input.name(), shape);
    ElementType element = type.elementType();
    boolean mask = input.name().toLowerCase(Locale.ROOT).contains("mask");
    if (element == ElementType.FLOAT) {
      SplittableRandom random = new SplittableRandom(SEED);
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = mask ? 1 : (float) random.nextDouble();
      }
      return Tensor.ofFloats(input.name(), shape, values);
    }
    if (element == ElementType.INT64) {
      long[] values = new long[count];
      Arrays.fill(values, mask ? 1 : 0);
      return Tensor.ofLongs(input.name(), shape, values);
    }
    return Tensor.ofBytes(
        input.name(), element, shape, new byte[Math.toIntExact(element.byteCount(count))]);
  }

  private static long[] declared(TensorType type) {
    return type.dims().orElse(List.of()).stream()
        .mapToLong(d -> d instanceof Dim.Fixed fixed ? fixed.size() : 1)
        .toArray();
  }

  private static int count(String name, long[] shape) {
    try {
      long count = 1;
      for (long size : shape) {
        count = Math.multiplyExact(count, size);
      }
      return Math.toIntExact(Math.multiplyExact(count, 16L)) / 16;
    } catch (ArithmeticException e) {
      throw new CompressorException(
          ErrorCode.USAGE,
          "--shape " + name,
          Arrays.toString(shape) + " is too large for one input",
          "",
          e);
    }
  }
}
