package io.compressor.cli;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.evaluate.GateCheck;
import io.compressor.evaluate.Metric;
import io.compressor.formats.data.Dataset;
import io.compressor.formats.onnx.ModelFile;
import io.compressor.graph.MinimumOrt;
import io.compressor.pipeline.ReportAssembly;
import io.compressor.report.Measured;
import io.compressor.report.Report;
import io.compressor.runtime.RuntimeInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a check needs to know beforehand and says afterwards. */
final class CheckRun {
  private CheckRun() {}

  static void requireData(@Nullable Path data, List<Metric> metrics, GateFlags gate) {
    if (data == null && (!metrics.isEmpty() || gate.maxLatency != null)) {
      throw new CompressorException(
          ErrorCode.USAGE,
          "--data",
          "no data is given to measure on",
          "only --max-size can be judged without data");
    }
  }

  /** The report of a check: nothing was compressed, so it has no recipe and no sites. */
  static Report report(
      ModelFile base,
      ModelFile candidate,
      Optional<Dataset> data,
      GateCheck.Outcome outcome,
      String command) {
    RuntimeInfo runtime = RuntimeInfo.current();
    Inspection a = Inspection.of(base);
    Inspection b = Inspection.of(candidate);
    return Report.about(
            new Report.Tool(
                Version.current(),
                runtime.ortVersion(),
                System.getProperty("java.version", ""),
                runtime.machine()),
            new Report.Model(
                a.path(),
                base.sha256(),
                a.bytes(),
                a.weightBytes(),
                base.model().opset(),
                a.parameters()))
        .output(
            new Report.Output(
                b.path(),
                candidate.sha256(),
                b.bytes(),
                b.weightBytes(),
                candidate.model().opset(),
                a.parameters() == 0 ? 0 : 8.0 * b.weightBytes() / a.parameters(),
                MinimumOrt.of(candidate.model())))
        .quality(Measured.quality(outcome.evidence().quality()))
        .latency(
            outcome.latency().map(l -> ReportAssembly.latency(l, data.orElseThrow())).orElse(null))
        .gate(Measured.gate(outcome.gate()))
        .data(new Report.Data(null, data.map(ReportAssembly::dataSet).orElse(null)))
        .provenance(
            new Report.Provenance(base.sha256(), data.map(Dataset::sha256).orElse(null), command))
        .build();
  }
}
