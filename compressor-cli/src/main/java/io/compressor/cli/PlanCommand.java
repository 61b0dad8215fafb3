package io.compressor.cli;

import io.compressor.pass.PlannedSite;
import io.compressor.pipeline.CompressionPlan;
import io.compressor.pipeline.CompressionRequest;
import io.compressor.pipeline.Compressor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code compressor plan MODEL}: what compress would do. */
@Command(
    name = "plan",
    description = {
      "Shows what compress would do to each weight, why not to others, the predicted size and"
          + " memory. Writes no model."
    },
    footer = {
      "",
      "Examples:",
      "  compressor plan model.onnx --preset small",
      "  compressor plan model.onnx -r recipe.yaml --data calib.npz --json",
    })
final class PlanCommand extends ToolCommand {
  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  Path model;

  @Mixin RecipeOptions recipe = new RecipeOptions();

  @Option(names = "--data", paramLabel = "DATA", description = "Calibration data.")
  @Nullable Path data;

  @Mixin WorkspaceFlag workspace = new WorkspaceFlag();

  @Mixin Threads threads = new Threads();

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  /** The plan in JSON. */
  record Document(
      long bytesBefore, long bytesAfter, long peakBytes, List<Row> sites, List<Left> left) {}

  /** One weight in JSON. */
  record Row(
      String name,
      String op,
      List<Long> shape,
      String choice,
      String encoding,
      String kernel,
      long bytesBefore,
      long bytesAfter,
      @Nullable Double baselineMs,
      @Nullable Double latencyMs,
      String reason) {}

  /** One weight that stays as it is. */
  record Left(String name, String reason) {}

  @Override
  public Integer call() {
    CompressionRequest request =
        CompressionRequest.of(model, model)
            .recipe(recipe.source(Optional.empty()).resolve())
            .threads(threads.count());
    ModelArgument.refuseStandardInput(model);
    if (data != null) {
      request = request.calibration(DataFlag.source(data, model, "--data"));
    }
    CompressionPlan plan;
    try (ProgressReporter progress = progress()) {
      plan = Compressor.plan(workspace.in(request).observer(progress));
    }
    if (json) {
      out().println(Json.text(document(plan)));
    } else {
      print(plan);
    }
    out().flush();
    return ExitCode.OK;
  }

  private void print(CompressionPlan plan) {
    Table sites =
        new Table("weight", "op", "stored as", "written as", ">before", ">after", ">speed");
    plan.sites()
        .forEach(
            s ->
                sites.row(
                    s.site().name(),
                    s.site().node().opType(),
                    s.choice(),
                    s.encoding(),
                    Units.bytes(s.site().weight().byteCount()),
                    Units.bytes(s.bytesAfter()),
                    speed(s)));
    sites.print(out(), style());
    if (!plan.skipped().isEmpty()) {
      out().println();
      Table left = new Table("left as it is", "why");
      plan.skipped().forEach(s -> left.row(s.name(), s.reason()));
      left.print(out(), style());
    }
    out().println();
    out()
        .println(
            "%s -> about %s (%s); solving takes about %s of memory"
                .formatted(
                    Units.bytes(plan.bytesBefore()),
                    Units.bytes(plan.bytesAfter()),
                    Units.percent((double) plan.bytesAfter() / Math.max(1, plan.bytesBefore())),
                    Units.bytes(plan.peakBytes())));
  }

  private static String speed(PlannedSite s) {
    return s.baselineMs().isPresent() && s.latencyMs().isPresent()
        ? String.format(
            Locale.ROOT, "%.1fx", s.baselineMs().getAsDouble() / s.latencyMs().getAsDouble())
        : "-";
  }

  private static Document document(CompressionPlan plan) {
    return new Document(
        plan.bytesBefore(),
        plan.bytesAfter(),
        plan.peakBytes(),
        plan.sites().stream().map(PlanCommand::row).toList(),
        plan.skipped().stream()
            .map(s -> new Left(s.name(), s.reason()))
            .collect(Collectors.toList()));
  }

  private static Row row(PlannedSite s) {
    return new Row(
        s.site().name(),
        s.site().node().opType(),
        Arrays.stream(s.site().weight().dims()).boxed().toList(),
        s.choice(),
        s.encoding(),
        s.kernel(),
        s.site().weight().byteCount(),
        s.bytesAfter(),
        orNull(s.baselineMs()),
        orNull(s.latencyMs()),
        s.reason());
  }

  private static @Nullable Double orNull(OptionalDouble value) {
    return value.isPresent() ? (Double) value.getAsDouble() : null;
  }
}
