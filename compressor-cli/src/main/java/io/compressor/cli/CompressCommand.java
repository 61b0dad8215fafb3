package io.compressor.cli;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.pipeline.CompressionRequest;
import io.compressor.pipeline.CompressionResult;
import io.compressor.pipeline.Compressor;
import io.compressor.recipe.RecipeSource;
import io.compressor.recipe.ResolvedRecipe;
import io.compressor.report.ReportJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code compressor compress MODEL -o OUT}: the pipeline. */
@Command(
    name = "compress",
    description = "Compresses a model, evaluates the file it wrote, judges it and reports.",
    footer = {
      "",
      "Exit code 3 when the gate is not met; the model and the report are written all the same.",
      "",
      "Examples:",
      "  compressor compress model.onnx -o small.onnx --preset int8",
      "  compressor compress model.onnx -o small.onnx --preset small --data calib.npz \\",
      "      --eval-data dev.npz --metric top1 --max-drop 0.5%% --report report/",
      "  compressor compress model.onnx -o small.onnx -r recipe.yaml --set quantize.bits=3",
    })
final class CompressCommand extends ToolCommand {
  @Parameters(paramLabel = "MODEL", description = "An ONNX file. It is never changed.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  Path model;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      required = true,
      description = "Where the compressed model goes.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  Path output;

  @Mixin RecipeOptions recipe = new RecipeOptions();

  @Option(
      names = "--data",
      paramLabel = "DATA",
      description = "Calibration data: .npz, .npy, folder, .jsonl, .csv, data.yaml and more.")
  @Nullable Path data;

  @Option(
      names = "--eval-data",
      paramLabel = "DATA",
      description = "Data that the result is scored on.")
  @Nullable Path evalData;

  @Option(
      names = {"-m", "--metric"},
      paramLabel = "M",
      description = "What is scored: top1, cosine, probe-top1, ... Repeatable.")
  List<String> metrics = new ArrayList<>();

  @Option(
      names = "--max-drop",
      paramLabel = "D",
      description = "The gate: largest drop of each metric, such as 0.5%%.")
  @Nullable String maxDrop;

  @Option(
      names = "--confidence",
      paramLabel = "C",
      description = "Judge the end of the drop's one-sided interval, such as 95%%.")
  @Nullable String confidence;

  @Option(
      names = "--target",
      paramLabel = "T",
      description = "A budget: size=25%%, size=20MB, latency=60%%, latency=5ms. Repeatable.")
  List<String> targets = new ArrayList<>();

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Folder for report.json, report.html, report.md and junit.xml.")
  @Nullable Path report;

  @Mixin WorkspaceFlag workspace = new WorkspaceFlag();

  @Mixin Threads threads = new Threads();

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description =
          "What the process may hold, such as 1GiB; the latency of models that do not fit beside"
              + " each other is not measured.")
  @Nullable String memory;

  @Option(names = "--external-data", description = "Write weights to OUT.data at any size.")
  boolean externalData;

  @Option(
      names = "--skip-bad-sites",
      description =
          "Leave weights alone whose inputs are never finite on the data, instead of stopping.")
  boolean skipBadSites;

  @Option(
      names = "--strict",
      description = "Stop when the evaluation data is too small to show the drop that is allowed.")
  boolean strict;

  @Option(names = "--force", description = "Replace OUT if it exists.")
  boolean force;

  @Option(names = "--json", description = "Print the report as JSON.")
  boolean json;

  @Override
  public Integer call() {
    ResolvedRecipe resolved = recipe().resolve();
    CompressionResult result;
    try (ProgressReporter progress = progress()) {
      result = Compressor.compress(request(resolved).observer(progress));
    }
    if (json) {
      out().println(ReportJson.write(result.report()).stripTrailing());
    } else {
      Summary.of(result.report()).print(out(), style());
      if (report != null) {
        out().println("report   " + report.resolve("report.html"));
      }
    }
    out().flush();
    return result.gate().passed() ? ExitCode.OK : ExitCode.GATE;
  }

  private CompressionRequest request(ResolvedRecipe resolved) {
    refuseStandardStreams();
    CompressionRequest request =
        CompressionRequest.of(model, output)
            .recipe(resolved)
            .threads(threads.count())
            .externalData(externalData)
            .force(force)
            .strict(strict)
            .command(CommandText.of(spec.commandLine()));
    if (data != null) {
      request = request.calibration(DataFlag.source(data, model, "--data"));
    }
    if (evalData != null) {
      request = request.evaluation(DataFlag.source(evalData, model, "--eval-data"));
    }
    if (report != null) {
      request = request.reportDir(report);
    }
    if (memory != null) {
      request = request.memory(Amounts.bytes(memory, "--memory"));
    }
    return workspace.in(request);
  }

  /** The recipe with the options of this command over it. */
  private RecipeSource recipe() {
    RecipeSource source = recipe.source(Optional.empty());
    if (!metrics.isEmpty()) {
      source = source.option("gates.metric", metrics, "--metric");
    }
    if (maxDrop != null) {
      source = source.option("gates.max-drop", List.of(maxDrop), "--max-drop");
    }
    if (confidence != null) {
      source = source.option("gates.confidence", List.of(confidence), "--confidence");
    }
    if (skipBadSites) {
      source = source.option("skip-bad-sites", List.of("true"), "--skip-bad-sites");
    }
    for (String target : targets) {
      int equals = target.indexOf('=');
      String key = equals < 0 ? target : target.substring(0, equals);
      if (equals < 0 || !List.of("size", "latency").contains(key)) {
        throw new CompressorException(
            ErrorCode.USAGE,
            "--target " + target,
            "not of the form size=25% or latency=60%",
            "a drop is limited with --max-drop");
      }
      source =
          source.option(
              "budget." + key, List.of(target.substring(equals + 1)), "--target " + target);
    }
    return source;
  }

  private void refuseStandardStreams() {
    for (Path path : List.of(model, output)) {
      if (path.toString().equals("-")) {
        throw new CompressorException(
            ErrorCode.USAGE,
            "-",
            "models cannot come from or go to a pipe",
            "weights are mapped from files: give paths");
      }
    }
  }
}
