package io.compressor.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code compressor inspect MODEL}: what is in a file; never reads the weights. */
@Command(
    name = "inspect",
    description = "Shows what is in a model: header, operators, weights. Never reads the weights.",
    footer = {
      "",
      "Examples:",
      "  compressor inspect model.onnx",
      "  compressor inspect model.onnx --sites",
      "  compressor inspect model.onnx --groups",
      "  compressor inspect model.onnx --json | jq .bitsPerWeight",
    })
final class InspectCommand extends ToolCommand {
  private static final int MAX_OPERATORS = 12;

  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  Path model;

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Option(names = "--sites", description = "List every weight, also the small ones.")
  boolean sites;

  @Option(
      names = "--groups",
      description = "List which channels must change together, and what may be done to them.")
  boolean groups;

  @Override
  public Integer call() {
    Inspection inspection = Inspection.of(ModelArgument.open(model), groups);
    if (json) {
      out().println(Json.text(inspection));
    } else {
      print(inspection, out(), style());
    }
    out().flush();
    return ExitCode.OK;
  }

  private void print(Inspection i, PrintWriter out, Style style) {
    out.println(style.bold(i.path()) + "  " + Units.bytes(i.bytes()));
    Table header = new Table("", "");
    header.row(
        "operator set",
        i.opsets().entrySet().stream()
            .map(e -> e.getKey() + " " + e.getValue())
            .collect(Collectors.joining(", ")));
    header.row("IR version", i.irVersion());
    header.row("runs on", "ONNX Runtime " + i.minOrtVersion() + " or later");
    if (!i.external().isEmpty()) {
      header.row("weights in", String.join(", ", i.external()));
    }
    i.inputs().forEach(p -> header.row("input", p.name() + "  " + p.type()));
    i.outputs().forEach(p -> header.row("output", p.name() + "  " + p.type()));
    header.row("operators", operators(i.operators()));
    i.provenance().forEach(header::row);
    header.print(out, style);
    out.println();
    printWeights(i, out, style);
    out.println();
    printSites(i, out, style);
    if (groups) {
      out.println();
      GroupRow.print(i.groups(), out, style);
    }
  }

  private static void printWeights(Inspection i, PrintWriter out, Style style) {
    Table weights = new Table("constants", ">tensors", ">elements", ">bytes", ">share");
    for (Inspection.TypeBytes t : i.weights()) {
      weights.row(
          t.type(),
          t.tensors(),
          Units.count(t.elements()),
          Units.bytes(t.bytes()),
          Units.percent((double) t.bytes() / Math.max(1, i.weightBytes())));
    }
    weights.row(
        "all",
        i.weights().stream().mapToInt(Inspection.TypeBytes::tensors).sum(),
        Units.count(i.parameters()),
        Units.bytes(i.weightBytes()),
        String.format(java.util.Locale.ROOT, "%.2f bits each", i.bitsPerWeight()));
    weights.print(out, style);
  }

  private void printSites(Inspection i, PrintWriter out, Style style) {
    long bytes = i.sites().stream().mapToLong(Inspection.SiteRow::bytes).sum();
    out.println(
        "%d weights can be compressed: %s, %s of all constants"
            .formatted(
                i.sites().size(),
                Units.bytes(bytes),
                Units.percent((double) bytes / Math.max(1, i.weightBytes()))));
    if (sites) {
      Table table = new Table("weight", "op", "shape", "type", ">bytes", ">uses");
      i.sites()
          .forEach(
              s ->
                  table.row(
                      s.name(),
                      s.op(),
                      s.shape().stream().map(String::valueOf).collect(Collectors.joining("x")),
                      s.type(),
                      Units.bytes(s.bytes()),
                      s.uses()));
      table.print(out, style);
    } else {
      Table kinds = new Table("operator", ">weights", ">bytes");
      i.sites().stream()
          .collect(Collectors.groupingBy(Inspection.SiteRow::op))
          .forEach(
              (op, rows) ->
                  kinds.row(
                      op,
                      rows.size(),
                      Units.bytes(rows.stream().mapToLong(Inspection.SiteRow::bytes).sum())));
      kinds.print(out, style);
    }
    if (!i.skipped().isEmpty()) {
      out.println();
      Table skipped = new Table("not compressed", "why");
      Map<String, Long> reasons =
          i.skipped().stream()
              .collect(
                  Collectors.groupingBy(
                      Inspection.SkippedRow::reason,
                      java.util.LinkedHashMap::new,
                      Collectors.counting()));
      if (sites) {
        i.skipped().forEach(s -> skipped.row(s.name(), s.reason()));
      } else {
        reasons.forEach((reason, n) -> skipped.row(n + (n == 1 ? " weight" : " weights"), reason));
      }
      skipped.print(out, style);
    }
    if (!sites) {
      out.println();
      out.println(style.faint("--sites lists every weight"));
    }
  }

  private static String operators(Map<String, Integer> counts) {
    String shown =
        counts.entrySet().stream()
            .limit(MAX_OPERATORS)
            .map(e -> e.getKey() + " " + e.getValue())
            .collect(Collectors.joining(", "));
    int rest = counts.size() - MAX_OPERATORS;
    return rest > 0 ? shown + " and " + rest + " other types" : shown;
  }
}
