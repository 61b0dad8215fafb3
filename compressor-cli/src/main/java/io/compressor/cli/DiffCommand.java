package io.compressor.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code compressor diff A B}: what differs between two models. */
@Command(
    name = "diff",
    description = "Shows how two models differ: header, operators, weights.",
    footer = {
      "",
      "Example:",
      "  compressor diff model.onnx model-int8.onnx",
    })
final class DiffCommand extends ToolCommand {
  private static final int SHOWN = 20;

  @Parameters(index = "0", paramLabel = "A", description = "An ONNX file.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  Path a;

  @Parameters(index = "1", paramLabel = "B", description = "Another ONNX file.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  Path b;

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Option(names = "--all", description = "List every weight that differs, not only the first 20.")
  boolean all;

  @Override
  public Integer call() {
    ModelDiff diff = ModelDiff.between(ModelArgument.open(a), ModelArgument.open(b));
    if (json) {
      out().println(Json.text(diff));
    } else {
      print(diff, out(), style());
    }
    out().flush();
    return ExitCode.OK;
  }

  private void print(ModelDiff d, PrintWriter out, Style style) {
    out.println(
        String.format(
            Locale.ROOT,
            "%s  %s  ->  %s  %s  (%s)",
            style.bold(d.a()),
            Units.bytes(d.bytesA()),
            style.bold(d.b()),
            Units.bytes(d.bytesB()),
            Units.percent((double) d.bytesB() / Math.max(1, d.bytesA()))));
    if (d.isEmpty()) {
      out.println("no difference");
      return;
    }
    Table header = new Table("header", "A", "B");
    d.header().forEach(c -> header.row(c.what(), c.a(), c.b()));
    section(header, out, style);
    Table operators = new Table("operator", ">A", ">B");
    d.operators().forEach(o -> operators.row(o.operator(), o.a(), o.b()));
    section(operators, out, style);
    Table weights = new Table("weight", "op", "change", ">bytes");
    d.weights().stream()
        .limit(all ? Long.MAX_VALUE : SHOWN)
        .forEach(w -> weights.row(w.name(), w.operator(), w.change(), bytes(w)));
    section(weights, out, style);
    if (!all && d.weights().size() > SHOWN) {
      out.println("and " + (d.weights().size() - SHOWN) + " more: --all lists them");
    }
    out.println();
    ModelDiff.Constants c = d.constants();
    out.println(
        "constants: %d the same, %d changed, %d only in A, %d only in B"
            .formatted(c.same(), c.changed(), c.onlyA(), c.onlyB()));
  }

  private static String bytes(ModelDiff.WeightChange w) {
    String before = Units.bytes(w.bytesA());
    return w.bytesB() < 0 || w.bytesB() == w.bytesA()
        ? before
        : before + " -> " + Units.bytes(w.bytesB());
  }

  private static void section(Table table, PrintWriter out, Style style) {
    if (!table.isEmpty()) {
      out.println();
      table.print(out, style);
    }
  }
}
