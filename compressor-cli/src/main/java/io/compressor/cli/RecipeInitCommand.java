package io.compressor.cli;

import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code compressor recipe init MODEL}: a starting recipe that fits this model. */
@Command(
    name = "init",
    description = "Prints a starting recipe for a model, with its largest weights named.",
    footer = {
      "",
      "Example:",
      "  compressor recipe init model.onnx > recipe.yaml",
    })
final class RecipeInitCommand extends ToolCommand {
  private static final int NAMED = 5;

  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  Path model;

  @Override
  public Integer call() {
    out()
        .print(
            text(
                model.getFileName().toString(),
                SiteFinder.scan(ModelArgument.open(model).model()).sites()));
    out().flush();
    return ExitCode.OK;
  }

  static String text(String name, List<Site> sites) {
    List<String> lines = new ArrayList<>();
    long all = sites.stream().mapToLong(s -> s.weight().byteCount()).sum();
    lines.add(
        "# A start for " + name + ": " + sites.size() + " weights, " + Units.bytes(all) + ".");
    lines.add("# 'compressor passes quantize' explains the options.");
    lines.add("recipe: 1");
    lines.add("seed: 17");
    lines.add("steps:");
    if (sites.isEmpty()) {
      lines.set(lines.size() - 1, "steps: []   # nothing to compress was found");
      return String.join("\n", lines) + "\n";
    }
    String ops =
        sites.stream()
            .map(s -> s.node().opType())
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    boolean tables = ops.contains("Gather");
    lines.add("  - pass: quantize");
    lines.add("    match:");
    lines.add("      op: [" + ops + "]");
    lines.add("      # not: { name: [\"head*\"] }   # leave some out; the largest weights are:");
    sites.stream()
        .sorted(Comparator.comparingLong((Site s) -> -s.weight().byteCount()))
        .limit(NAMED)
        .forEach(
            s ->
                lines.add(
                    "      #   "
                        + s.name()
                        + "  "
                        + s.node().opType()
                        + "  "
                        + Units.bytes(s.weight().byteCount())));
    lines.add("    with: { bits: 8, activations: auto, embeddings: " + (tables ? 8 : 0) + " }");
    lines.add("# budget: { size: 25%, max-drop: 0.5% }");
    lines.add("# gates: { metric: cosine, max-drop: 0.5% }");
    lines.add("encoding: { prefer: speed }");
    return String.join("\n", lines) + "\n";
  }
}
