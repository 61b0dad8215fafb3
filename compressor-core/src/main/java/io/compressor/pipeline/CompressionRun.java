package io.compressor.pipeline;

import io.compressor.engine.Engine;
import io.compressor.engine.LocalEngine;
import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.evaluate.Comparison;
import io.compressor.evaluate.EvaluationOptions;
import io.compressor.evaluate.Evidence;
import io.compressor.evaluate.Gate;
import io.compressor.evaluate.GateCheck;
import io.compressor.evaluate.GateRule;
import io.compressor.evaluate.Metric;
import io.compressor.evaluate.Metrics;
import io.compressor.formats.data.DataSource;
import io.compressor.formats.data.Dataset;
import io.compressor.formats.data.Datasets;
import io.compressor.formats.onnx.ModelFile;
import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.graph.rewrite.SpellNorms;
import io.compressor.ir.Model;
import io.compressor.ir.Value;
import io.compressor.recipe.DataRefs;
import io.compressor.recipe.JointSteps;
import io.compressor.recipe.Recipe;
import io.compressor.recipe.Step;
import io.compressor.report.Measured;
import io.compressor.report.Report;
import io.compressor.report.ReportBuilder;
import io.compressor.report.ReportWriter;
import io.compressor.runtime.RuntimeInfo;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Stopwatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** One run of the pipeline, stage by stage. Single-threaded; the stages use the engine. */
final class CompressionRun implements AutoCloseable {
  private final CompressionRequest request;
  private final Recipe recipe;
  private final Progress progress;
  private final Engine engine;
  private final List<Dataset> opened = new ArrayList<>();
  private Optional<RunFiles> files = Optional.empty();
  private final Map<String, Double> seconds = new LinkedHashMap<>();
  private long stageStart = System.nanoTime();
  private Optional<String> shortage = Optional.empty();

  CompressionRun(CompressionRequest request) {
    this.request = request;
    this.recipe = JointSteps.of(request.recipe().recipe());
    this.progress = request.progress();
    this.engine = new LocalEngine(request.threads());
  }

  CompressionResult run() {
    OutputCheck.check(request.input(), request.output(), request.force());
    ModelFile input = ModelFile.open(request.input());
    List<Value> inputs = input.model().graph().requiredInputs();
    Optional<Dataset> calibration = data(request.calibration(), DataRefs::calibration, inputs);
    Optional<Dataset> evaluation = data(request.evaluation(), DataRefs::evaluation, inputs);
    requireCalibration(calibration);
    if (!recipe.steps().isEmpty()) {
      TokenIds ids = TokenIds.of(input.model());
      calibration.ifPresent(ids::check);
      evaluation.ifPresent(ids::check);
    }
    List<Metric> metrics = metrics(evaluation);
    shortage = Resolution.shortage(metrics, recipe, evaluation);
    if (request.strict() && shortage.isPresent()) {
      throw new CompressorException(
          ErrorCode.DATA,
          "--eval-data",
          shortage.get(),
          "give more samples, or leave out --strict");
    }
    String parent = input.sha256();
    files = Optional.of(RunFiles.open(request, parent, calibration));
    stage("read");

    Kernels kernels = Kernels.in(request.workspace());
    int rows = TypicalRows.of(input.model(), calibration.or(() -> evaluation));
    StepRunner.Result steps =
        new StepRunner(
                recipe,
                calibration,
                files.orElseThrow().passes(),
                kernels.chooser(input.model(), rows),
                engine,
                progress)
            .run(input.model());
    stage("compress");

    Model output =
        recipe.steps().isEmpty()
            ? input.model()
            : finished(steps.model(), parent, request.recipe().sha256());
    progress.begin("write", 1);
    GateCheck.Outcome measured;
    boolean isPlaced;
    boolean isMarked;
    try (Candidate candidate = Candidate.write(output, request)) {
      stage("write");
      measured = judge(input, candidate.file(), evaluation, calibration, metrics);
      stage("evaluate");
      isMarked = !measured.gate().rules().isEmpty() && !recipe.steps().isEmpty();
      isPlaced = !isMarked && candidate.moveTo(request.output(), output);
    }
    if (!isPlaced) {
      String verdict = measured.gate().passed() ? "passed" : "failed";
      OnnxWriter.write(
          isMarked ? output.withMetadata("compressor.gate", verdict) : output,
          request.output(),
          Candidate.options(request));
    }
    ModelFile written = ModelFile.open(request.output());
    Report report = report(input, parent, written, steps, measured, calibration, evaluation);
    request.reportDir().ifPresent(dir -> ReportWriter.write(report, dir));
    return new CompressionResult(request.output(), report, measured.gate());
  }

  /** What is done to every model that is no mere copy, last of all. */
  static Model finished(Model model, String parent, String recipe) {
    return new SpellNorms()
        .apply(model)
        .model()
        .withMetadata("compressor.version", ToolVersion.current())
        .withMetadata("compressor.parent.sha256", parent)
        .withMetadata("compressor.recipe.sha256", recipe);
  }

  private Optional<Dataset> data(
      Optional<CompressionRequest.Data> given,
      Function<DataRefs, Optional<Path>> ref,
      List<Value> inputs) {
    if (given.isPresent() && given.get().open().isPresent()) {
      return given.get().open();
    }
    return given
        .flatMap(CompressionRequest.Data::source)
        .or(() -> recipe.data().flatMap(ref).map(DataSource::of))
        .map(
            source -> {
              Dataset data = Datasets.open(source.nearModel(request.input()), inputs);
              opened.add(data);
              return data;
            });
  }

  /** Before anything is measured: a step that fixes ranges from data cannot do without. */
  private void requireCalibration(Optional<Dataset> calibration) {
    for (int i = 0; calibration.isEmpty() && i < recipe.steps().size(); i++) {
      Step step = recipe.steps().get(i);
      if (step.options().needsCalibration()) {
        throw new CompressorException(
            ErrorCode.RECIPE,
            "steps[%d]".formatted(i),
            "it needs calibration data but none is given",
            "give --data, or data.calibration in the recipe");
      }
    }
  }

  private List<Metric> metrics(Optional<Dataset> evaluation) {
    List<Metric> asked = recipe.gates().metrics().stream().map(Metrics::parse).toList();
    boolean gated = recipe.gates().maxDrop().isPresent() || recipe.budget().maxDrop().isPresent();
    if (gated && evaluation.isEmpty()) {
      throw new CompressorException(
          ErrorCode.USAGE,
          "gates.max-drop",
          "a drop is limited but there is no evaluation data",
          "give --eval-data; calibration data is never scored");
    }
    if (gated && asked.isEmpty()) {
      throw new CompressorException(
          ErrorCode.USAGE,
          "gates.metric",
          "a drop is limited but no metric is named",
          "give --metric, for example " + String.join(", ", io.compressor.recipe.Gates.METRICS));
    }
    return asked.isEmpty() ? List.of(Metrics.parse("cosine"), Metrics.parse("sqnr")) : asked;
  }

  /** On the evaluation data; calibration data only lends the inputs that are timed. */
  private GateCheck.Outcome judge(
      ModelFile input,
      ModelFile written,
      Optional<Dataset> evaluation,
      Optional<Dataset> calibration,
      List<Metric> metrics) {
    List<GateRule> rules = GateRules.of(recipe);
    Optional<Dataset> data = evaluation.or(() -> calibration);
    MemoryLimit memory = new MemoryLimit(request.memory());
    boolean timed = memory.allowsBoth(input.bytes(), written.bytes());
    if (data.isEmpty() || (!timed && evaluation.isEmpty() && rules.isEmpty())) {
      Evidence sizes =
          Evidence.of(
              new Comparison(List.of(), false), new Evidence.Sizes(input.bytes(), written.bytes()));
      return new GateCheck.Outcome(sizes, Gate.judge(rules, sizes), Optional.empty());
    }
    return new GateCheck(
            request.input(),
            written.path(),
            data.get(),
            evaluation.isPresent() ? metrics : List.of(),
            rules,
            Optional.empty(),
            EvaluationOptions.suiting(data.get()).seed(recipe.seed()),
            memory.frugal(SessionSettings.withThreads(request.threads())),
            timed ? GateCheck.Timing.ALWAYS : GateCheck.Timing.WHEN_A_RULE_ASKS,
            Stopwatch.standard())
        .run(progress);
  }

  private Report report(
      ModelFile input,
      String parent,
      ModelFile written,
      StepRunner.Result steps,
      GateCheck.Outcome measured,
      Optional<Dataset> calibration,
      Optional<Dataset> evaluation) {
    RuntimeInfo runtime = RuntimeInfo.current();
    ReportBuilder report =
        Report.about(
                new Report.Tool(
                    ToolVersion.current(),
                    runtime.ortVersion(),
                    System.getProperty("java.version", ""),
                    runtime.machine()),
                new Report.Model(
                    input.path().toString(),
                    parent,
                    input.bytes(),
                    input.weightBytes(),
                    input.model().opset(),
                    input.parameters()))
            .recipe(
                new Report.Recipe(request.recipe().toYaml(), request.recipe().sha256()),
                recipe.seed())
            .output(OutputFacts.of(input, written, steps.decisions()))
            .sites(steps.decisions().stream().map(ReportAssembly::site).toList())
            .skipped(steps.skipped().stream().map(ReportAssembly::skip).toList())
            .rotations(steps.rotations())
            .search(ReportAssembly.search(steps.searches()))
            .quality(Measured.quality(measured.evidence().quality()))
            .latency(
                measured
                    .latency()
                    .map(
                        l ->
                            ReportAssembly.latency(
                                l, evaluation.or(() -> calibration).orElseThrow()))
                    .orElse(null))
            .gate(measured.gate().rules().isEmpty() ? null : Measured.gate(measured.gate()))
            .data(
                new Report.Data(
                    calibration.map(ReportAssembly::dataSet).orElse(null),
                    evaluation.map(ReportAssembly::dataSet).orElse(null)))
            .provenance(
                new Report.Provenance(
                    parent, evaluation.map(Dataset::sha256).orElse(null), request.command()));
    report.resumed(files.flatMap(RunFiles::resumed).orElse(null));
    shortage.ifPresent(report::warn);
    files.map(RunFiles::warnings).orElse(List.of()).forEach(report::warn);
    calibration.ifPresent(d -> d.summary().shortages().forEach(report::warn));
    steps.warnings().forEach(report::warn);
    stage("report");
    return report.timings(new Report.Timings(seconds)).build();
  }

  private void stage(String name) {
    long now = System.nanoTime();
    seconds.merge(name, (now - stageStart) / 1e9, Double::sum);
    stageStart = now;
    progress.checkCancelled();
  }

  @Override
  public void close() {
    try (engine) {
      opened.forEach(Dataset::close);
      files.ifPresent(RunFiles::close);
    }
  }
}
