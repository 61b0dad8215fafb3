package io.compressor.evaluate;

import java.util.Optional;

/** What a gate judges: both models measured side by side. */
public record Evidence(
    Comparison quality, Sizes sizes, Optional<Timing> timing, Optional<Baseline> baseline) {

  /** Bytes of the model files, external data included. */
  public record Sizes(long base, long candidate) {}

  /** Median milliseconds of a run, taken in turn. */
  public record Timing(double baseMs, double candidateMs) {}

  public static Evidence of(Comparison quality, Sizes sizes) {
    return new Evidence(quality, sizes, Optional.empty(), Optional.empty());
  }

  public Evidence timing(Timing measured) {
    return new Evidence(quality, sizes, Optional.of(measured), baseline);
  }

  public Evidence baseline(Baseline earlier) {
    return new Evidence(quality, sizes, timing, Optional.of(earlier));
  }
}
