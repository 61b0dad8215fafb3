package io.compressor.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code compressor verify MODEL}: whether a model is what its metadata says. */
@Command(
    name = "verify",
    description =
        "Checks what a compressed model says about itself: parent, recipe, version, gate.",
    footer = {
      "",
      "Exit code 0 when nothing contradicts, 3 when something does.",
      "",
      "Examples:",
      "  compressor verify out.onnx",
      "  compressor verify out.onnx --parent model.onnx --preset int8",
    })
final class VerifyCommand extends ToolCommand {
  @Parameters(paramLabel = "MODEL", description = "A model that compressor wrote.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  Path model;

  @Option(
      names = "--parent",
      paramLabel = "FILE",
      description = "The model it was made from; its hash is compared.")
  @Nullable Path parent;

  @Mixin RecipeOptions recipe = new RecipeOptions();

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Override
  public Integer call() {
    Map<String, String> metadata = ModelArgument.open(model).model().metadata();
    Verification verification =
        Verification.of(
            metadata,
            Version.current(),
            Optional.ofNullable(parent).map(p -> ModelArgument.open(p).sha256()),
            recipe.isGiven()
                ? Optional.of(recipe.source(Optional.empty()).resolve().sha256())
                : Optional.empty());
    if (json) {
      out().println(Json.text(verification));
    } else {
      Table table = new Table("", "recorded", "", "");
      verification
          .facts()
          .forEach(f -> table.row(f.name(), f.recorded(), mark(f.result()), f.note()));
      table.print(out(), style());
    }
    out().flush();
    return verification.holds() ? ExitCode.OK : ExitCode.GATE;
  }

  private static String mark(Verification.Result result) {
    return switch (result) {
      case MATCHES -> "ok";
      case DIFFERS -> "DIFFERS";
      case NOT_CHECKED -> "not checked";
    };
  }
}
