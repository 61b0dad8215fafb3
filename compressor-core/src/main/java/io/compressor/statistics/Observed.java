package io.compressor.statistics;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.ir.Value;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Type and shape that a value really had in one batch. Declared shapes are often missing inside a
 * model or wrong about what is dynamic.
 */
record Observed(ElementType type, long[] dims) {

  /** Runs one batch and looks; nothing but shapes leaves the session. */
  static Map<String, Observed> of(
      Model model, Collection<String> values, Map<String, Tensor> feeds) {
    if (feeds.keySet().containsAll(values)) {
      Map<String, Observed> fed = new LinkedHashMap<>();
      feeds.forEach((name, t) -> fed.put(name, new Observed(t.type(), t.dims())));
      fed.keySet().retainAll(values);
      return fed;
    }
    Emit emit = new Emit(model);
    Map<String, String> shapes = new LinkedHashMap<>();
    values.forEach(v -> shapes.put(v, emit.shape(v)));
    List<String> outputs = new ArrayList<>(shapes.values());
    outputs.addAll(values);
    try (RuntimeSession session =
        RuntimeSession.open(emit.build(outputs), SessionSettings.withThreads(1))) {
      Map<String, Value> types = new HashMap<>();
      session.outputs().forEach(v -> types.put(v.name(), v));
      Map<String, Tensor> found = session.run(feeds, shapes.values());
      Map<String, Observed> observed = new LinkedHashMap<>();
      shapes.forEach(
          (value, shape) ->
              observed.put(value, new Observed(type(types.get(value), value), read(found, shape))));
      return observed;
    }
  }

  int rank() {
    return dims.length;
  }

  private static long[] read(Map<String, Tensor> found, String shape) {
    Tensor tensor = found.get(shape);
    return tensor == null ? new long[0] : tensor.toLongs();
  }

  private static ElementType type(@org.jspecify.annotations.Nullable Value value, String name) {
    ElementType type =
        value == null
            ? ElementType.STRING
            : value.type().map(t -> t.elementType()).orElse(ElementType.STRING);
    if (type == ElementType.STRING) {
      throw new CompressorException(
          ErrorCode.USAGE, name, "has no numbers to collect statistics of", "leave it out");
    }
    return type;
  }
}
