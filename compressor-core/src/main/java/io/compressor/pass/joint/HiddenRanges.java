package io.compressor.pass.joint;

import io.compressor.encoding.Arithmetic;
import io.compressor.encoding.FactoredForm;
import io.compressor.formats.data.Dataset;
import io.compressor.graph.GraphEditor;
import io.compressor.pass.PassScope;
import io.compressor.recipe.QuantizeOptions;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.Histogram;
import io.compressor.statistics.Range;
import io.compressor.statistics.StatisticsCollector;
import io.compressor.statistics.StatisticsRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What values between two factors look like, for those that get fixed ranges: observed in one run
 * over the data, each beside the weight that it would replace.
 *
 * @param seen the statistics of that run
 * @param names by site and rank, what the value is called there
 */
record HiddenRanges(ActivationStatistics seen, Map<String, String> names) {
  /** Nothing was observed. */
  static final HiddenRanges NONE =
      new HiddenRanges(
          new ActivationStatistics(Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), List.of()),
          Map.of());

  static HiddenRanges observe(
      PassScope scope, Dataset data, QuantizeOptions.Calibration kind, List<Chosen> all) {
    GraphEditor editor = new GraphEditor(scope.model());
    Map<String, String> names = new LinkedHashMap<>();
    for (Chosen one : all) {
      if (isStatic(one) && !names.containsKey(key(one))) {
        names.put(
            key(one), FactoredForm.beside(editor, one.site(), one.piece().factors().orElseThrow()));
      }
    }
    if (names.isEmpty()) {
      return NONE;
    }
    Map<String, String> distinct = new LinkedHashMap<>();
    names.forEach((k, v) -> distinct.put(v, k));
    StatisticsRequest request =
        kind == QuantizeOptions.Calibration.MINMAX
            ? StatisticsRequest.none().ranges(distinct.keySet())
            : StatisticsRequest.none().histograms(distinct.keySet());
    return new HiddenRanges(
        StatisticsCollector.collect(
            editor.build(), request, data, 1, scope.engine(), scope.progress()),
        names);
  }

  private static boolean isStatic(Chosen one) {
    return one.piece().factors().isPresent()
        && one.item().coded().stream()
            .anyMatch(a -> a.choice().encoding().arithmetic() == Arithmetic.STATIC_INT8);
  }

  private static String key(Chosen one) {
    return one.site().name() + "\t" + one.item().treatment().rank();
  }

  /** What a configuration's ranges are fixed on. */
  ActivationStatistics with(ActivationStatistics known, List<Chosen> treated) {
    if (names.isEmpty()) {
      return known;
    }
    Map<String, Range> ranges = new LinkedHashMap<>(known.ranges());
    Map<String, Histogram> histograms = new LinkedHashMap<>(known.histograms());
    for (Chosen one : treated) {
      String name = names.get(key(one));
      if (name != null && isStatic(one)) {
        String there = one.biased().input();
        Range range = seen.ranges().get(name);
        Histogram histogram = seen.histograms().get(name);
        if (range != null) {
          ranges.put(there, range);
        }
        if (histogram != null) {
          histograms.put(there, histogram);
        }
      }
    }
    return new ActivationStatistics(
        ranges, known.channels(), known.moments(), known.holdout(), histograms, known.findings());
  }
}
