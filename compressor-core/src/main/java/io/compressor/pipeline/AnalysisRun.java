package io.compressor.pipeline;

import io.compressor.engine.Engine;
import io.compressor.engine.LocalEngine;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.DataSource;
import io.compressor.formats.data.Dataset;
import io.compressor.formats.data.Datasets;
import io.compressor.formats.onnx.ModelFile;
import io.compressor.pass.PassFiles;
import io.compressor.pass.precision.Analysis;
import io.compressor.report.OptionCurves;
import java.util.Optional;

/** Option curves of a model on data; nothing is written but measured times. */
final class AnalysisRun {
  private AnalysisRun() {}

  static OptionCurves of(CompressionRequest request, int configurations) {
    ModelFile input = ModelFile.open(request.input());
    CompressionRequest.Data given =
        request
            .calibration()
            .orElseThrow(
                () ->
                    new CompressorException(
                        ErrorCode.USAGE,
                        "--data",
                        "sensitivities are measured on data but none is given",
                        "give samples of what the model will see; labels are not needed"));
    Dataset data = given.open().orElseGet(() -> open(given.source(), input));
    try (Engine engine = new LocalEngine(request.threads())) {
      TokenIds.of(input.model()).check(data);
      Analysis analysis =
          new StepRunner(
                  request.recipe().recipe(),
                  Optional.of(data),
                  PassFiles.temporary(),
                  Kernels.in(request.workspace())
                      .chooser(input.model(), TypicalRows.of(input.model(), Optional.of(data))),
                  engine,
                  request.progress())
              .analyze(input.model(), configurations);
      return document(input, analysis);
    } finally {
      if (given.source().isPresent()) {
        data.close();
      }
    }
  }

  private static Dataset open(Optional<DataSource> source, ModelFile input) {
    return Datasets.open(
        source.orElseThrow().nearModel(input.path()), input.model().graph().requiredInputs());
  }

  private static OptionCurves document(ModelFile input, Analysis analysis) {
    return new OptionCurves(
        OptionCurves.SCHEMA,
        input.path().toString(),
        analysis.loss(),
        analysis.samples(),
        analysis.curves(),
        analysis.trials(),
        analysis.spearman(),
        analysis.spearmanSingles(),
        analysis.notes());
  }
}
