package io.compressor.cli;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.recipe.OptionSpec;
import io.compressor.recipe.PassCatalog;
import io.compressor.recipe.PassDescriptor;
import io.compressor.recipe.Presets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code compressor passes [NAME]}: the catalogue. */
@Command(
    name = "passes",
    description = "Lists what a recipe can do, or the options of one pass.",
    footer = {
      "",
      "Examples:",
      "  compressor passes",
      "  compressor passes quantize --json",
    })
final class PassesCommand extends ToolCommand {
  @Parameters(arity = "0..1", paramLabel = "NAME", description = "A pass; its options are shown.")
  @Nullable String name;

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Override
  public Integer call() {
    if (name == null) {
      list();
    } else {
      describe(
          PassCatalog.find(name)
              .orElseThrow(
                  () ->
                      new CompressorException(
                          ErrorCode.USAGE,
                          "passes",
                          "unknown pass '" + name + "'",
                          "known: " + String.join(", ", PassCatalog.names()))));
    }
    return ExitCode.OK;
  }

  private void list() {
    if (json) {
      out().println(Json.text(PassCatalog.all().stream().map(PassDocument::of).toList()));
      return;
    }
    Table passes = new Table("pass", "");
    PassCatalog.all().forEach(p -> passes.row(p.name(), p.summary()));
    passes.print(out(), style());
    out().println();
    Table presets = new Table("preset", "");
    Presets.all().forEach(p -> presets.row(p.name(), p.summary()));
    presets.print(out(), style());
    out().println();
    out()
        .println(
            "compressor passes NAME shows options; compressor recipe explain --preset NAME"
                + " shows what a preset does.");
  }

  private void describe(PassDescriptor pass) {
    if (json) {
      out().println(Json.text(PassDocument.of(pass)));
      return;
    }
    out().println(style().bold(pass.name()) + "  " + pass.summary());
    out().println(style().faint("Source: " + pass.source()));
    for (OptionSpec option : pass.options()) {
      out().println();
      String fallback = option.fallback().map(v -> " = " + v).orElse("");
      out().println("  " + style().bold(option.name()) + fallback);
      out().println("      " + option.type().describe());
      out().println("      " + option.doc());
      if (!option.source().isEmpty()) {
        out().println("      " + style().faint("default: " + option.source()));
      }
    }
  }
}
