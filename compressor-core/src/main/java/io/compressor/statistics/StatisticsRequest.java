package io.compressor.statistics;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which statistics of which values to collect. A value that several sites read is named once.
 *
 * @param ranges smallest and largest element
 * @param channelRanges smallest, largest and mean element of each channel
 * @param hessians second moment Σ x xᵀ of the channel vectors x
 * @param convHessians second moment of what a Conv reads at each position, under a name of the
 *     caller's choice, such as the site's; equal inputs are collected once
 * @param histograms 2048 bins between the smallest and the largest element
 * @param channelAxes the axis that counts channels, where it is not the last; negative from the end
 * @param rowWeights by value, another value of the model with one weight w a row: the Hessian
 *     becomes Σ w x xᵀ. RSQ's scaled tokens x·r are w = r²
 * @param holdout fraction of the samples, taken from the end, whose Hessians are kept apart
 * @param mask the model input that marks real rows with non-zero, [batch, length]; values [batch,
 *     length, n] and [batch · length, n] then leave padded rows out of everything
 */
public record StatisticsRequest(
    Set<String> ranges,
    Set<String> channelRanges,
    Set<String> hessians,
    Map<String, ConvInput> convHessians,
    Set<String> histograms,
    Map<String, Integer> channelAxes,
    Map<String, String> rowWeights,
    double holdout,
    Optional<String> mask) {

  public StatisticsRequest {
    ranges = copy(ranges);
    channelRanges = copy(channelRanges);
    hessians = copy(hessians);
    convHessians = Collections.unmodifiableMap(new LinkedHashMap<>(convHessians));
    histograms = copy(histograms);
    channelAxes = Map.copyOf(channelAxes);
    rowWeights = Map.copyOf(rowWeights);
    for (String name : convHessians.keySet()) {
      if (hessians.contains(name)) {
        throw new IllegalArgumentException("two Hessians would be called '" + name + "'");
      }
    }
    if (!(holdout >= 0 && holdout < 1)) {
      throw new IllegalArgumentException("holdout must be in [0, 1) but was " + holdout);
    }
  }

  /** Nothing yet; the mask is {@code attention_mask} where the model has such an input. */
  public static StatisticsRequest none() {
    return new StatisticsRequest(
        Set.of(),
        Set.of(),
        Set.of(),
        Map.of(),
        Set.of(),
        Map.of(),
        Map.of(),
        0,
        Optional.of("attention_mask"));
  }

  public StatisticsRequest ranges(Set<String> values) {
    return new StatisticsRequest(
        values,
        channelRanges,
        hessians,
        convHessians,
        histograms,
        channelAxes,
        rowWeights,
        holdout,
        mask);
  }

  public StatisticsRequest channelRanges(Set<String> values) {
    return new StatisticsRequest(
        ranges, values, hessians, convHessians, histograms, channelAxes, rowWeights, holdout, mask);
  }

  public StatisticsRequest hessians(Set<String> values) {
    return new StatisticsRequest(
        ranges,
        channelRanges,
        values,
        convHessians,
        histograms,
        channelAxes,
        rowWeights,
        holdout,
        mask);
  }

  public StatisticsRequest convHessians(Map<String, ConvInput> values) {
    return new StatisticsRequest(
        ranges,
        channelRanges,
        hessians,
        values,
        histograms,
        channelAxes,
        rowWeights,
        holdout,
        mask);
  }

  public StatisticsRequest histograms(Set<String> values) {
    return new StatisticsRequest(
        ranges,
        channelRanges,
        hessians,
        convHessians,
        values,
        channelAxes,
        rowWeights,
        holdout,
        mask);
  }

  public StatisticsRequest channelAxes(Map<String, Integer> axes) {
    return new StatisticsRequest(
        ranges, channelRanges, hessians, convHessians, histograms, axes, rowWeights, holdout, mask);
  }

  public StatisticsRequest rowWeights(Map<String, String> weights) {
    return new StatisticsRequest(
        ranges,
        channelRanges,
        hessians,
        convHessians,
        histograms,
        channelAxes,
        weights,
        holdout,
        mask);
  }

  public StatisticsRequest holdout(double fraction) {
    return new StatisticsRequest(
        ranges,
        channelRanges,
        hessians,
        convHessians,
        histograms,
        channelAxes,
        rowWeights,
        fraction,
        mask);
  }

  /** Names another mask input; empty counts every row. */
  public StatisticsRequest mask(Optional<String> input) {
    return new StatisticsRequest(
        ranges,
        channelRanges,
        hessians,
        convHessians,
        histograms,
        channelAxes,
        rowWeights,
        holdout,
        input);
  }

  /** Every value that something is asked of. */
  Set<String> values() {
    Set<String> all = new LinkedHashSet<>(ranges);
    all.addAll(channelRanges);
    all.addAll(hessians);
    convHessians.values().forEach(c -> all.add(c.value()));
    all.addAll(histograms);
    return all;
  }

  private static Set<String> copy(Set<String> values) {
    return Collections.unmodifiableSet(new LinkedHashSet<>(values));
  }
}
