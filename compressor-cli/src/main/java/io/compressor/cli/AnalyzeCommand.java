package io.compressor.cli;

import io.compressor.pipeline.CompressionRequest;
import io.compressor.pipeline.Compressor;
import io.compressor.recipe.RecipeSource;
import io.compressor.report.CurvesWriter;
import io.compressor.report.OptionCurves;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code compressor analyze MODEL}: what each weight would lose and save in each width. */
@Command(
    name = "analyze",
    description = {
      "Measures what every weight would lose, take and cost in every width, alone and together with"
          + " the others. Writes no model."
    },
    footer = {
      "",
      "Examples:",
      "  compressor analyze model.onnx --data calib.npz",
      "  compressor analyze model.onnx --data calib.npz --levels 8,4 --report analysis/",
    })
final class AnalyzeCommand extends ToolCommand {
  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  Path model;

  @Option(
      names = "--data",
      paramLabel = "DATA",
      required = true,
      description = "Samples to measure on; labels are not needed.")
  @SuppressWarnings("NullAway.Init")
  Path data;

  @Option(
      names = "--levels",
      paramLabel = "BITS",
      split = ",",
      description = "Widths to look at (default: 8,4,2).")
  List<Integer> levels = List.of(8, 4, 2);

  @Option(
      names = "--interaction",
      paramLabel = "HOW",
      description = "Terms between weights: hvp, loss-pair or none (default: ${DEFAULT-VALUE}).")
  String interaction = "hvp";

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "Samples that are looked at, evenly spread (default: ${DEFAULT-VALUE}).")
  int samples = 64;

  @Option(
      names = "--configurations",
      paramLabel = "N",
      description = "Random configurations to compare predicted with realised loss on.")
  int configurations;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Change an option of the precision pass: precision.group=64. Repeatable.")
  List<String> set = List.of();

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Folder for analysis.json and analysis.html.")
  @Nullable Path report;

  @Mixin WorkspaceFlag workspace = new WorkspaceFlag();

  @Mixin Threads threads = new Threads();

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Override
  public Integer call() {
    ModelArgument.refuseStandardInput(model);
    StringBuilder widths = new StringBuilder("16");
    levels.forEach(l -> widths.append(", ").append(l));
    RecipeSource source =
        RecipeSource.text(
            "recipe: 1\nsteps:\n  - pass: precision\n    with: { objective: size, levels: [%s], interaction: %s, samples: %d }\n"
                .formatted(widths, interaction, samples),
            "command line");
    for (String assignment : set) {
      source = source.set(assignment);
    }
    CompressionRequest request =
        CompressionRequest.of(model, model)
            .recipe(source.resolve())
            .threads(threads.count())
            .calibration(DataFlag.source(data, model, "--data"));
    OptionCurves curves;
    try (ProgressReporter progress = progress()) {
      curves = Compressor.analyze(workspace.in(request).observer(progress), configurations);
    }
    if (report != null) {
      CurvesWriter.write(curves, report);
    }
    if (json) {
      out().print(CurvesWriter.json(curves));
    } else {
      print(curves);
    }
    out().flush();
    return ExitCode.OK;
  }

  private void print(OptionCurves curves) {
    Table table =
        new Table("weight", "op", ">bits", "form", ">loss", ">with others", ">size", ">ms");
    for (OptionCurves.Curve c : curves.curves()) {
      table.row(c.name(), c.op(), "16", "", "0", "0", Units.bytes(c.bytes()), millis(c.millis()));
      for (OptionCurves.Point p : c.points()) {
        table.row(
            "",
            "",
            p.bits(),
            p.encoding(),
            number(p.error()),
            number(p.augmented()),
            Units.bytes(p.bytes()),
            millis(p.millis()));
      }
    }
    table.print(out(), style());
    out().println();
    out().println("loss: %s, on %d samples".formatted(curves.loss(), curves.samples()));
    if (!curves.trials().isEmpty()) {
      out()
          .println(
              "%d random configurations: rank correlation of predicted and realised loss %s, %s without terms between weights"
                  .formatted(
                      curves.trials().size(),
                      number(curves.spearman()),
                      number(curves.spearmanSingles())));
    }
    curves.notes().forEach(n -> out().println(n));
    if (report != null) {
      out().println("report: " + report.resolve("analysis.html"));
    }
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }

  private static String millis(double ms) {
    return ms > 0 ? String.format(Locale.ROOT, "%.3f", ms) : "-";
  }
}
