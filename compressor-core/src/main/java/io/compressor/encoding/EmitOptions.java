package io.compressor.encoding;

import java.util.Optional;

/**
 * What else happens at a site when it is written.
 *
 * @param smoothing s [in]: the input is divided by s before it is used; the caller has multiplied
 *     the weight's columns by s. Sites that read the same value with the same s share the division
 */
public record EmitOptions(Optional<float[]> smoothing) {
  public static EmitOptions none() {
    return new EmitOptions(Optional.empty());
  }

  public static EmitOptions smoothed(float[] s) {
    return new EmitOptions(Optional.of(s));
  }
}
