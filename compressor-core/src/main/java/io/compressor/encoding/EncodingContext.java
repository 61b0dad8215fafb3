package io.compressor.encoding;

import io.compressor.runtime.KernelTable;
import java.util.Optional;

/**
 * What an encoding may count on.
 *
 * @param opset the standard operator set that the model has, or can be raised to
 * @param ortVersion the ONNX Runtime that has to run the file, like {@code 1.29.0}
 */
public record EncodingContext(long opset, String ortVersion, Int8Range int8Range) {

  /** Why an operator set or a runtime as new as this cannot be had; empty when it can. */
  Optional<String> missing(long neededOpset, String neededOrt) {
    if (opset < neededOpset) {
      return Optional.of(
          "it needs opset %d and the model can only have %d".formatted(neededOpset, opset));
    }
    return KernelTable.compare(ortVersion, neededOrt) < 0
        ? Optional.of("it needs ONNX Runtime %s and this is %s".formatted(neededOrt, ortVersion))
        : Optional.empty();
  }
}
