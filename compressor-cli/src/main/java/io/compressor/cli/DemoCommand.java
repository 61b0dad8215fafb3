package io.compressor.cli;

import io.compressor.demo.DemoData;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.DataSource;
import io.compressor.pipeline.CompressionRequest;
import io.compressor.pipeline.CompressionResult;
import io.compressor.pipeline.Compressor;
import io.compressor.recipe.RecipeSource;
import io.compressor.recipe.ResolvedRecipe;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code compressor demo}: the whole pipeline on a real model, no arguments needed. */
@Command(
    name = "demo",
    description = {
      "Compresses a real sentence encoder (all-MiniLM-L6-v2), gates it on a labelled task and"
          + " prints where the report is. Needs no network."
    },
    footer = {
      "",
      "Model: all-MiniLM-L6-v2, Apache-2.0. Texts: definitions from WordNet 3.1, copyright"
          + " Princeton University, WordNet licence; the task is to tell animals, artifacts, body"
          + " parts, food, locations, persons, plants and substances apart.",
      "",
      "Examples:",
      "  compressor demo",
      "  compressor demo --preset small --dir /tmp/demo",
    })
final class DemoCommand extends ToolCommand {
  private static final String METRIC = "probe-top1";
  private static final String MAX_DROP = "1%";

  @Option(
      names = {"-p", "--preset"},
      paramLabel = "NAME",
      defaultValue = "int8",
      description = "int8 (default), balanced, small or tiny.")
  String preset = "int8";

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = "compressor-demo",
      description = "Where model, data and report go (default: ./compressor-demo).")
  Path dir = Path.of("compressor-demo");

  @Mixin Threads threads = new Threads();

  @Override
  public Integer call() {
    ResolvedRecipe recipe =
        RecipeSource.preset(preset)
            .option("gates.metric", List.of(METRIC), "demo")
            .option("gates.max-drop", List.of(MAX_DROP), "demo")
            .resolve();
    DemoData data = DemoData.prepare(home().resolve("demo"), dir);
    Path out = dir.resolve("all-MiniLM-L6-v2." + preset + ".onnx");
    Path report = dir.resolve("report-" + preset);
    log().note("model        " + data.model());
    log().note("calibration  " + data.calibration());
    log().note("evaluation   " + data.evaluation());
    CompressionResult result;
    try (ProgressReporter progress = progress()) {
      result =
          Compressor.compress(
              CompressionRequest.of(data.model(), out)
                  .recipe(recipe)
                  .calibration(DataSource.of(data.calibration()).nearModel(data.model()))
                  .evaluation(DataSource.of(data.evaluation()).nearModel(data.model()))
                  .reportDir(report)
                  .threads(threads.count())
                  .force(true)
                  .command(CommandText.of(spec.commandLine()))
                  .observer(progress));
    }
    Summary.of(result.report()).print(out(), style());
    out().println("report   " + report.resolve("report.html").toAbsolutePath());
    out().flush();
    return result.gate().passed() ? ExitCode.OK : ExitCode.GATE;
  }

  private static Path home() {
    String home = System.getProperty("compressor.home");
    if (home == null) {
      throw new CompressorException(
          ErrorCode.USAGE,
          "demo",
          "the application folder is not known",
          "run bin/compressor or ./compressor, or set -Dcompressor.home");
    }
    return Path.of(home);
  }
}
