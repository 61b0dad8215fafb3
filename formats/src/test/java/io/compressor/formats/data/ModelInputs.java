package io.compressor.formats.data;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.function.Executable;

/** Model inputs for tests, and the one assertion about errors. */
final class ModelInputs {
  private ModelInputs() {}

  /** Numbers are fixed sizes, texts are names, {@code "?"} is unknown. */
  static Value input(String name, ElementType type, Object... dims) {
    List<Dim> made = new ArrayList<>();
    for (Object d : dims) {
      made.add(
          d instanceof Integer n
              ? new Dim.Fixed(n)
              : d.equals("?") ? new Dim.Unknown() : new Dim.Named((String) d));
    }
    return Value.of(name, new TensorType(type, Optional.of(made)));
  }

  static Value floats(String name, Object... dims) {
    return input(name, ElementType.FLOAT, dims);
  }

  static Value longs(String name, Object... dims) {
    return input(name, ElementType.INT64, dims);
  }

  /** The action is refused as bad data, and the error says all of the words. */
  static CompressorException refused(Executable action, String... words) {
    CompressorException e = Assertions.assertThrows(CompressorException.class, action);
    Assertions.assertEquals(ErrorCode.DATA, e.code(), e.toString());
    String all = e.where() + " | " + e.getMessage() + " | " + e.hint();
    for (String word : words) {
      Assertions.assertTrue(all.contains(word), () -> "'" + word + "' not in: " + all);
    }
    return e;
  }
}
