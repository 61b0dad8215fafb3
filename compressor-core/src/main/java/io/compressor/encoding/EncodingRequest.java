package io.compressor.encoding;

import io.compressor.solver.QuantSpec;
import java.util.Set;

/**
 * What a site should become.
 *
 * @param allowed arithmetic that activations may undergo; {@link Arithmetic#FLOAT} alone where they
 *     must stay as they are
 */
public record EncodingRequest(QuantSpec spec, Preference preference, Set<Arithmetic> allowed) {
  public EncodingRequest {
    allowed = Set.copyOf(allowed);
  }

  /** Activations may be rounded to 8 bits while the model runs. */
  public static EncodingRequest dynamic(QuantSpec spec, Preference preference) {
    return new EncodingRequest(spec, preference, Set.of(Arithmetic.FLOAT, Arithmetic.DYNAMIC_INT8));
  }
}
