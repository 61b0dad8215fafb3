package io.compressor.runtime;

import io.compressor.error.CompressorException;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Started by {@link ChildProbe} in a fresh JVM: loads a model, runs it once, writes what that took
 * to a file. Arguments: model, result file, threads, then {@code input=1x128} for each input whose
 * symbolic dimensions should not be 1. Feeds are zeros, which are valid token ids as well.
 */
final class LoadProbe {
  private LoadProbe() {}

  public static void main(String[] args) throws IOException {
    Path result = Path.of(args[1]);
    try {
      Files.write(result, measure(Path.of(args[0]), Integer.parseInt(args[2]), shapes(args)));
    } catch (CompressorException e) {
      Files.write(result, List.of("error", e.where(), String.valueOf(e.getMessage()), e.hint()));
    }
  }

  private static List<String> measure(Path model, int threads, Map<String, long[]> shapes) {
    OrtRuntime.environment();
    OptionalLong idle = ResidentMemory.current();
    long start = System.nanoTime();
    try (RuntimeSession session =
        RuntimeSession.open(model, SessionSettings.withThreads(threads))) {
      double millis = (System.nanoTime() - start) * 1e-6;
      Map<String, Tensor> feeds = new LinkedHashMap<>();
      for (Value input : session.inputs()) {
        long[] shape = shapes.get(input.name());
        feeds.put(input.name(), zeros(input, shape == null ? new long[0] : shape));
      }
      try (RuntimeSession.Lap lap = session.lap(feeds)) {
        lap.millis();
      }
      return List.of("ok", Double.toString(millis), text(ResidentMemory.peak()), text(idle));
    }
  }

  /** Zeros in the wanted shape, else in the declared one with 1 for every symbolic dimension. */
  static Tensor zeros(Value input, long[] wanted) {
    TensorType type =
        input.type().orElseThrow(() -> new IllegalArgumentException(input.name() + ": no tensor"));
    List<Dim> dims = type.dims().orElse(List.of());
    long[] shape = wanted.length > 0 ? wanted : new long[dims.size()];
    for (int i = 0; wanted.length == 0 && i < shape.length; i++) {
      shape[i] = dims.get(i) instanceof Dim.Fixed fixed ? fixed.size() : 1;
    }
    long elements = 1;
    for (long size : shape) {
      elements = Math.multiplyExact(elements, size);
    }
    ElementType element = type.elementType();
    byte[] raw = new byte[Math.toIntExact(element.byteCount(elements))];
    return Tensor.ofBytes(input.name(), element, shape, raw);
  }

  private static Map<String, long[]> shapes(String[] args) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (int i = 3; i < args.length; i++) {
      int at = args[i].lastIndexOf('=');
      String[] sizes = args[i].substring(at + 1).split("x");
      shapes.put(
          args[i].substring(0, at),
          java.util.Arrays.stream(sizes).mapToLong(Long::parseLong).toArray());
    }
    return shapes;
  }

  private static String text(OptionalLong bytes) {
    return bytes.isPresent() ? Long.toString(bytes.getAsLong()) : "";
  }
}
