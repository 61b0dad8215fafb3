package io.compressor.evaluate;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.util.List;
import java.util.Optional;

/**
 * Two models compared.
 *
 * @param identicalOutputs whether every output value of every sample was the same, bit for bit
 */
public record Comparison(List<PairedResult> results, boolean identicalOutputs) {
  public Comparison {
    results = List.copyOf(results);
  }

  public Optional<PairedResult> find(String metric) {
    return results.stream().filter(r -> r.metric().id().equals(metric)).findFirst();
  }

  /**
   * @throws CompressorException USAGE when the metric was not evaluated
   */
  public PairedResult get(String metric) {
    return find(metric)
        .orElseThrow(
            () ->
                new CompressorException(
                    ErrorCode.USAGE,
                    "gate",
                    "metric '%s' was not evaluated".formatted(metric),
                    "evaluated: " + results.stream().map(r -> r.metric().id()).toList()));
  }
}
