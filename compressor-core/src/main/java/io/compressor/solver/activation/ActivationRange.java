package io.compressor.solver.activation;

/**
 * What an activation is clipped to before it is quantized.
 *
 * @param min finite, ≤ max
 * @param max finite
 */
public record ActivationRange(double min, double max) {
  public ActivationRange {
    if (!(min <= max) || !Double.isFinite(min) || !Double.isFinite(max)) {
      throw new IllegalArgumentException(
          "expected a finite range with min <= max but got [%s, %s]".formatted(min, max));
    }
  }
}
