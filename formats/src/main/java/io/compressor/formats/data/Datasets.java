package io.compressor.formats.data;

import io.compressor.error.CompressorException;
import io.compressor.ir.Value;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Opens data for a model. */
public final class Datasets {
  private Datasets() {}

  /**
   * Opens a source, checks it against the model and fills what may be filled.
   *
   * @param modelInputs the inputs a caller must feed ({@code graph.requiredInputs()}); they decide
   *     element types, what a tokenizer fills and what is missing
   * @throws CompressorException DATA naming file, array, found and expected
   */
  public static Dataset open(DataSource source, List<Value> modelInputs) {
    return openers()
        .getOrDefault(
            source.kind(),
            (s, inputs) -> {
              throw BadData.in(
                  s.origin(), "no reader for '" + s.kind().spelling() + "' yet", "use .npz");
            })
        .apply(source, modelInputs);
  }

  private static Map<DataKind, BiFunction<DataSource, List<Value>, Dataset>> openers() {
    return new EnumMap<>(DataKind.class);
  }
}
