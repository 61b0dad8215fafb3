package io.compressor.runtime;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Dim;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Compares what is fed with what the model asks for, so that errors speak of the data. */
final class Feeds {
  private Feeds() {}

  /**
   * @throws CompressorException DATA: an input is missing, unknown, or of another type or shape
   */
  static void check(List<Value> inputs, Map<String, Tensor> feeds) {
    List<String> names = inputs.stream().map(Value::name).toList();
    for (String fed : feeds.keySet()) {
      if (!names.contains(fed)) {
        throw bad(fed, "the model has no such input; it asks for " + names, "leave it out");
      }
    }
    for (Value input : inputs) {
      Tensor fed = feeds.get(input.name());
      if (fed == null) {
        throw bad(input.name(), "input is missing; fed are " + feeds.keySet(), "add it");
      }
      input.type().ifPresent(type -> check(input.name(), type, fed));
    }
  }

  private static void check(String name, TensorType type, Tensor fed) {
    if (type.elementType() != fed.type()) {
      throw bad(
          name, "found " + fed.type() + ", expected " + type.elementType(), "convert the data");
    }
    List<Dim> dims = type.dims().orElse(List.of());
    long[] found = fed.dims();
    if (dims.isEmpty()) {
      return;
    }
    boolean fits = dims.size() == found.length;
    for (int i = 0; fits && i < found.length; i++) {
      fits = !(dims.get(i) instanceof Dim.Fixed fixed) || fixed.size() == found[i];
    }
    if (!fits) {
      throw bad(
          name, "found shape " + Arrays.toString(found) + ", expected " + dims, "reshape the data");
    }
  }

  private static CompressorException bad(String input, String message, String hint) {
    return new CompressorException(ErrorCode.DATA, input, message, hint);
  }
}
