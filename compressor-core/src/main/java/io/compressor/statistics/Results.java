package io.compressor.statistics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the gauges of all passes came to. */
final class Results {
  private final Map<String, Range> ranges = new LinkedHashMap<>();
  private final Map<String, ChannelRanges> channels = new LinkedHashMap<>();
  private final Map<String, Moments> moments = new LinkedHashMap<>();
  private final Map<String, Moments> holdout = new LinkedHashMap<>();
  private final Map<String, Histogram> histograms = new LinkedHashMap<>();
  private final Map<String, Finding> findings = new LinkedHashMap<>();

  void add(List<Gauge> gauges) {
    for (Gauge gauge : gauges) {
      gauge.findings().forEach(f -> findings.putIfAbsent(f.value(), f));
      if (gauge.isMeasured()) {
        put(gauge, gauge.value());
      }
    }
  }

  Map<String, Range> ranges() {
    return ranges;
  }

  ActivationStatistics build(List<Finding> more) {
    List<Finding> all = new ArrayList<>(findings.values());
    all.addAll(more);
    return new ActivationStatistics(ranges, channels, moments, holdout, histograms, all);
  }

  private void put(Gauge gauge, String value) {
    if (gauge instanceof RangeGauge range) {
      ranges.put(value, range.result());
    } else if (gauge instanceof ChannelGauge channel) {
      ChannelRanges found = channel.result();
      channels.put(value, found);
      ranges.put(value, found.range());
    } else if (gauge instanceof HistogramGauge histogram) {
      histograms.put(value, histogram.result());
    } else if (gauge instanceof MomentGauge moment) {
      file(moment, Span.Part.CALIBRATION, moments);
      file(moment, Span.Part.HOLDOUT, holdout);
    }
  }

  private static void file(MomentGauge gauge, Span.Part part, Map<String, Moments> into) {
    gauge.result(part).ifPresent(m -> gauge.names().forEach(name -> into.put(name, m)));
  }
}
