package io.compressor.statistics;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was asked for in a {@link StatisticsRequest}, by value name. Batches in which a value was
 * NaN or infinite do not count for that value and leave a finding; a value without a single finite
 * batch is missing here.
 *
 * @param ranges also those of values whose channel ranges or histograms were asked for
 * @param moments of the samples for calibration, dense and convolutional
 * @param holdout moments of the samples kept apart
 */
public record ActivationStatistics(
    Map<String, Range> ranges,
    Map<String, ChannelRanges> channels,
    Map<String, Moments> moments,
    Map<String, Moments> holdout,
    Map<String, Histogram> histograms,
    List<Finding> findings) {

  public ActivationStatistics {
    ranges = Collections.unmodifiableMap(new LinkedHashMap<>(ranges));
    channels = Collections.unmodifiableMap(new LinkedHashMap<>(channels));
    moments = Collections.unmodifiableMap(new LinkedHashMap<>(moments));
    holdout = Collections.unmodifiableMap(new LinkedHashMap<>(holdout));
    histograms = Collections.unmodifiableMap(new LinkedHashMap<>(histograms));
    findings = List.copyOf(findings);
  }

  /**
   * @throws CompressorException DATA when the value was never finite, INTERNAL when it was not
   *     asked for
   */
  public Moments momentsOf(String value) {
    return require(moments, value);
  }

  /** As {@link #momentsOf}. */
  public Range rangeOf(String value) {
    return require(ranges, value);
  }

  /** As {@link #momentsOf}. */
  public ChannelRanges channelsOf(String value) {
    return require(channels, value);
  }

  /** As {@link #momentsOf}. */
  public Histogram histogramOf(String value) {
    return require(histograms, value);
  }

  private <T> T require(Map<String, T> known, String value) {
    T found = known.get(value);
    if (found != null) {
      return found;
    }
    boolean broken = findings.stream().anyMatch(f -> f.value().equals(value));
    throw new CompressorException(
        broken ? ErrorCode.DATA : ErrorCode.INTERNAL,
        value,
        broken ? "no batch of the data gave finite numbers" : "no such statistics were collected",
        broken ? "check the model and the calibration data" : "");
  }
}
