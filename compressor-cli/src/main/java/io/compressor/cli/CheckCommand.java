package io.compressor.cli;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.evaluate.Baseline;
import io.compressor.evaluate.Comparison;
import io.compressor.evaluate.Evidence;
import io.compressor.evaluate.Gate;
import io.compressor.evaluate.GateCheck;
import io.compressor.evaluate.GateRule;
import io.compressor.evaluate.Metric;
import io.compressor.formats.data.Dataset;
import io.compressor.formats.onnx.ModelFile;
import io.compressor.report.Report;
import io.compressor.report.ReportJson;
import io.compressor.report.ReportWriter;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Stopwatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code compressor check BASE CANDIDATE}: the gate for continuous integration. */
@Command(
    name = "check",
    description = {
      "The gate for CI: judges a candidate against a base. Any two ONNX files will do."
    },
    footer = {
      "",
      "Exit code 0 when every rule passed, 3 when one did not, 2 when something is wrong.",
      "An undecided rule counts as not passed; the note says how many samples would settle it.",
      "",
      "Examples:",
      "  compressor check model.onnx small.onnx --data dev.npz --metric top1 --max-drop 0.5%%",
      "  compressor check model.onnx small.onnx --data dev.npz --metric cosine --max-drop 1%% \\",
      "      --confidence 95%% --max-size 30%% --max-latency 60%% --report report/",
    })
final class CheckCommand extends ToolCommand {
  @Parameters(index = "0", paramLabel = "BASE", description = "The model to compare with.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  Path base;

  @Parameters(index = "1", paramLabel = "CANDIDATE", description = "The model to judge.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  Path candidate;

  @Option(names = "--data", paramLabel = "DATA", description = "Evaluation data.")
  @Nullable Path data;

  @Mixin EvaluationFlags evaluation = new EvaluationFlags();
  @Mixin GateFlags gate = new GateFlags();

  @Option(
      names = "--baseline",
      paramLabel = "FILE",
      description = "Count drops from the metrics in this file, not from BASE.")
  @Nullable Path baseline;

  @Option(
      names = "--write-baseline",
      paramLabel = "FILE",
      description = "Write the candidate's metrics as the baseline of later checks.")
  @Nullable Path writeBaseline;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Folder for report.json, report.html, report.md and junit.xml.")
  @Nullable Path report;

  @Mixin Threads threads = new Threads();

  @Option(names = "--json", description = "Print the report as JSON.")
  boolean json;

  @Override
  public Integer call() {
    List<Metric> metrics = evaluation.metrics();
    List<GateRule> rules =
        gate.rules(
            metrics,
            baseline == null ? GateRule.Reference.BASE_MODEL : GateRule.Reference.BASELINE_FILE);
    CheckRun.requireData(data, metrics, gate);
    Optional<Baseline> earlier = Optional.ofNullable(baseline).map(Baseline::read);
    ModelFile a = ModelArgument.open(base);
    ModelFile b = ModelArgument.open(candidate);
    Optional<Dataset> dataset =
        Optional.ofNullable(data).map(path -> DataFlag.open(path, a, "--data"));
    try {
      GateCheck.Outcome outcome = judge(a, b, dataset, metrics, rules, earlier);
      Report written = CheckRun.report(a, b, dataset, outcome, CommandText.of(spec.commandLine()));
      if (report != null) {
        ReportWriter.write(written, report);
      }
      if (writeBaseline != null) {
        saveBaseline(outcome, dataset, b, writeBaseline);
      }
      print(written);
      return outcome.gate().passed() ? ExitCode.OK : ExitCode.GATE;
    } finally {
      dataset.ifPresent(Dataset::close);
    }
  }

  private GateCheck.Outcome judge(
      ModelFile a,
      ModelFile b,
      Optional<Dataset> dataset,
      List<Metric> metrics,
      List<GateRule> rules,
      Optional<Baseline> earlier) {
    if (dataset.isEmpty()) {
      Evidence sizes =
          Evidence.of(new Comparison(List.of(), false), new Evidence.Sizes(a.bytes(), b.bytes()));
      return new GateCheck.Outcome(sizes, Gate.judge(rules, sizes), Optional.empty());
    }
    GateCheck check =
        new GateCheck(
            base,
            candidate,
            dataset.get(),
            metrics,
            rules,
            earlier,
            evaluation.options(),
            SessionSettings.withThreads(threads.count()),
            GateCheck.Timing.ALWAYS,
            Stopwatch.standard());
    try (ProgressReporter progress = progress()) {
      return check.run(progress);
    }
  }

  private static void saveBaseline(
      GateCheck.Outcome outcome, Optional<Dataset> data, ModelFile candidate, Path file) {
    Baseline made =
        Baseline.of(
            outcome.evidence().quality(), data.map(Dataset::sha256).orElse(""), candidate.bytes());
    try {
      Files.writeString(file, made.toJson().stripTrailing() + "\n");
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO, file.toString(), "cannot be written: " + e.getMessage(), "", e);
    }
  }

  private void print(Report written) {
    if (json) {
      out().println(ReportJson.write(written).stripTrailing());
    } else {
      Summary.of(written).print(out(), style());
      if (report != null) {
        out().println("report   " + report.resolve("report.html"));
      }
    }
    out().flush();
  }
}
