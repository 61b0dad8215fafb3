package io.compressor.pipeline;

import io.compressor.formats.onnx.ModelFile;
import io.compressor.pass.SiteDecision;
import io.compressor.report.Report;
import io.compressor.runtime.KernelTable;
import java.util.List;

/** What the written file is, measured on the file. */
final class OutputFacts {
  private OutputFacts() {}

  static Report.Output of(ModelFile input, ModelFile written, List<SiteDecision> decisions) {
    return new Report.Output(
        written.path().toString(),
        written.sha256(),
        written.bytes(),
        written.weightBytes(),
        written.model().opset(),
        input.parameters() == 0 ? 0 : written.weightBytes() * 8.0 / input.parameters(),
        decisions.stream().map(SiteDecision::minOrtVersion).max(KernelTable::compare).orElse(""));
  }
}
