package io.compressor.cli;

import io.compressor.recipe.RecipeSource;
import io.compressor.recipe.ResolvedRecipe;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code compressor recipe explain}: every value of the resolved recipe and where it came from. */
@Command(
    name = "explain",
    description = "Prints the resolved recipe: every value and where it came from.",
    footer = {
      "",
      "Examples:",
      "  compressor recipe explain recipe.yaml",
      "  compressor recipe explain --preset small --set quantize.bits=3",
      "  compressor recipe explain --preset int8 --yaml > my.yaml",
    })
final class RecipeExplainCommand extends ToolCommand {
  @Parameters(arity = "0..1", paramLabel = "RECIPE", description = "A recipe (YAML or JSON).")
  @Nullable Path recipe;

  @Mixin RecipeOptions options = new RecipeOptions();

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Option(names = "--yaml", description = "Print the canonical recipe alone.")
  boolean yaml;

  /** The resolved recipe in JSON. */
  record Document(String sha256, String yaml, List<Value> values) {}

  /** One value in JSON. */
  record Value(String path, String value, String origin) {}

  @Override
  public Integer call() {
    if (recipe != null && options.file == null) {
      options.file = recipe;
    }
    RecipeSource source = options.source(Optional.empty());
    ResolvedRecipe resolved = source.resolve();
    if (yaml) {
      out().print(resolved.toYaml());
    } else if (json) {
      List<Value> values =
          resolved.values().stream()
              .map(v -> new Value(v.path(), v.value().toString(), v.origin().text()))
              .toList();
      out().println(Json.text(new Document(resolved.sha256(), resolved.toYaml(), values)));
    } else {
      Table table = new Table("value", "", "from");
      resolved.values().forEach(v -> table.row(v.path(), v.value(), v.origin()));
      table.print(out(), style());
      out().println();
      out().println("sha256 " + resolved.sha256());
    }
    out().flush();
    return ExitCode.OK;
  }
}
