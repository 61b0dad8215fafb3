package io.compressor.formats.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Made-up data, for smoke tests and latency only.
 *
 * @param samples how many
 * @param shapes shape of one sample by input, without the sample axis; the model's where fixed
 * @param min least value of uniform and integer inputs, {@code max} the bound above (excluded)
 */
public record RandomSpec(
    int samples,
    long seed,
    Distribution distribution,
    Map<String, List<Integer>> shapes,
    double min,
    double max) {
  public RandomSpec {
    shapes = Collections.unmodifiableMap(new LinkedHashMap<>(shapes));
  }

  /** What float inputs are drawn from; integer inputs are always uniform. */
  public enum Distribution {
    /** Mean 0, deviation 1. */
    NORMAL,
    /** Between min and max. */
    UNIFORM
  }
}
