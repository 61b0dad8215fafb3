package io.compressor.pipeline;

import static java.util.stream.Collectors.joining;

import io.compressor.formats.data.DataSummary;
import io.compressor.formats.data.Dataset;
import io.compressor.graph.Skipped;
import io.compressor.pass.SearchTrace;
import io.compressor.pass.SiteDecision;
import io.compressor.report.FrontPoint;
import io.compressor.report.Report;
import io.compressor.runtime.Latency;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Facts of a run in the words of the report. */
public final class ReportAssembly {
  private ReportAssembly() {}

  static Report.Site site(SiteDecision d) {
    return new Report.Site(
        d.site().name(),
        d.site().node().opType(),
        Arrays.stream(d.site().weight().dims()).boxed().toList(),
        d.site().parameters(),
        d.pass(),
        d.choice(),
        d.encoding(),
        d.kernel(),
        d.bytesBefore(),
        d.bytesAfter(),
        orNull(d.errorPredicted()),
        orNull(d.errorMeasured()),
        orNull(d.baselineMs()),
        orNull(d.latencyMs()),
        d.reason(),
        d.warnings(),
        null);
  }

  /** What steps tried; null when none searched. */
  static Report.@Nullable Search search(List<SearchTrace> traces) {
    if (traces.isEmpty()) {
      return null;
    }
    return new Report.Search(
        traces.stream().mapToLong(SearchTrace::evaluations).sum(),
        traces.stream()
            .flatMap(t -> t.points().stream())
            .map(p -> new Report.Point(p.bytes(), null, p.drop()))
            .toList(),
        traces.stream().allMatch(t -> t.front().isEmpty())
            ? null
            : traces.stream()
                .flatMap(t -> t.front().stream())
                .map(
                    p ->
                        new FrontPoint(
                            p.bytes(),
                            p.millis() > 0 ? p.millis() : null,
                            p.predicted(),
                            p.loss(),
                            p.recipe()))
                .toList());
  }

  static Report.Skip skip(Skipped s) {
    return new Report.Skip(s.name(), s.reason());
  }

  /** Base and candidate of a race on the first sample of the data. */
  public static Report.Latency latency(List<Latency> pair, Dataset data) {
    Latency base = pair.get(0);
    Latency candidate = pair.get(1);
    int batch = data.fixedBatch().orElse(1);
    String shape =
        data.batch(0, batch).inputs().values().stream()
            .findFirst()
            .map(t -> Arrays.stream(t.dims()).mapToObj(Long::toString).collect(joining("x")))
            .orElse("");
    return new Report.Latency(base.p50(), candidate.p50(), 1 / candidate.ratio(), batch, shape);
  }

  /** What a data set is, for the report. */
  public static Report.DataSet dataSet(Dataset data) {
    DataSummary summary = data.summary();
    return new Report.DataSet(
        summary.source(),
        summary.kind().spelling(),
        data.sha256(),
        summary.samples(),
        summary.duplicates(),
        summary.random(),
        summary.filled(),
        summary.notes());
  }

  private static @Nullable Double orNull(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
