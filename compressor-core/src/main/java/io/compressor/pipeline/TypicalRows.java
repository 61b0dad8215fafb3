package io.compressor.pipeline;

import io.compressor.formats.data.Dataset;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How many rows a matrix product of one request has: the tokens of a text of median length, or one
 * for everything that is not a sequence. Kernels are compared at this size.
 */
final class TypicalRows {
  /** A short paragraph, when there is no data to tell. */
  private static final int TOKENS = 128;

  private TypicalRows() {}

  static int of(Model model, Optional<Dataset> data) {
    if (!readsTokens(model)) {
      return 1;
    }
    return data.map(TypicalRows::medianLength).filter(n -> n > 0).orElse(TOKENS);
  }

  private static int medianLength(Dataset data) {
    int[] lengths = IntStream.range(0, data.size()).map(data::length).sorted().toArray();
    return lengths[lengths.length / 2];
  }

  private static boolean readsTokens(Model model) {
    return model.graph().requiredInputs().stream()
        .map(Value::type)
        .flatMap(Optional::stream)
        .anyMatch(t -> t.elementType() == ElementType.INT64 && isSequence(t));
  }

  private static boolean isSequence(TensorType type) {
    return type.dims()
        .filter(d -> d.size() == 2)
        .filter(d -> !(d.get(1) instanceof Dim.Fixed f && f.size() == 1))
        .isPresent();
  }
}
