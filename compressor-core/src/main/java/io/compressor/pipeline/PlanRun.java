package io.compressor.pipeline;

import io.compressor.engine.Engine;
import io.compressor.engine.LocalEngine;
import io.compressor.formats.data.Dataset;
import io.compressor.formats.data.Datasets;
import io.compressor.formats.onnx.ModelFile;
import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.ir.Model;
import io.compressor.pass.PassFiles;
import io.compressor.pass.PlannedSite;
import io.compressor.recipe.JointSteps;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The first half of a run: everything up to the first weight. */
final class PlanRun {
  private static final String HASH = "0".repeat(64);

  private PlanRun() {}

  static CompressionPlan of(CompressionRequest request) {
    ModelFile input = ModelFile.open(request.input());
    Optional<Dataset> calibration = request.calibration().map(data -> open(data, input));
    try (Engine engine = new LocalEngine(request.threads())) {
      Kernels kernels = Kernels.in(request.workspace());
      int rows = TypicalRows.of(input.model(), calibration);
      StepRunner.Plan plan =
          new StepRunner(
                  JointSteps.of(request.recipe().recipe()),
                  calibration,
                  PassFiles.temporary(),
                  kernels.chooser(input.model(), rows),
                  engine,
                  request.progress())
              .plan(input.model());
      return plan(plan, input, request.threads());
    } finally {
      if (request.calibration().flatMap(CompressionRequest.Data::source).isPresent()) {
        calibration.ifPresent(Dataset::close);
      }
    }
  }

  private static Dataset open(CompressionRequest.Data data, ModelFile input) {
    return data.open()
        .orElseGet(
            () ->
                Datasets.open(
                    data.source().orElseThrow().nearModel(input.path()),
                    input.model().graph().requiredInputs()));
  }

  private static CompressionPlan plan(StepRunner.Plan plan, ModelFile input, int threads) {
    long saved =
        plan.sites().stream().mapToLong(s -> s.site().weight().byteCount() - s.bytesAfter()).sum();
    List<Long> work =
        plan.sites().stream()
            .map(PlannedSite::workBytes)
            .sorted(Comparator.reverseOrder())
            .limit(threads)
            .toList();
    return new CompressionPlan(
        plan.sites(),
        plan.skipped(),
        input.bytes(),
        plan.hollow().map(PlanRun::written).orElse(input.bytes() - saved),
        work.stream().mapToLong(Long::longValue).sum());
  }

  /** Bytes of a model as a run would write it; hashes are as long as any. */
  private static long written(Model hollow) {
    return OnnxWriter.size(CompressionRun.finished(hollow, HASH, HASH));
  }
}
