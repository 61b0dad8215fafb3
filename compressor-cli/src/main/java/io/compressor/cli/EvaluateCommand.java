package io.compressor.cli;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.evaluate.Evaluation;
import io.compressor.evaluate.MetricResult;
import io.compressor.formats.data.Dataset;
import io.compressor.formats.onnx.ModelFile;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code compressor evaluate MODEL}: metrics of one model, with intervals. */
@Command(
    name = "evaluate",
    description = "Measures one model on data: metrics with 95%% confidence intervals.",
    footer = {
      "",
      "To compare two models, use 'compressor check'.",
      "",
      "Examples:",
      "  compressor evaluate model.onnx --data dev.npz --metric top1",
      "  compressor evaluate encoder.onnx --data dev.jsonl --metric probe-top1 --json",
    })
final class EvaluateCommand extends ToolCommand {
  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  Path model;

  @Option(names = "--data", paramLabel = "DATA", required = true, description = "Evaluation data.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  Path data;

  @Mixin EvaluationFlags evaluation = new EvaluationFlags();
  @Mixin Threads threads = new Threads();

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  /** One metric in JSON. */
  record Row(String metric, double value, int n, double low95, double high95, String note) {
    static Row of(MetricResult r) {
      return new Row(
          r.metric().id(), r.value(), r.n(), r.estimate().low95(), r.estimate().high95(), r.note());
    }
  }

  @Override
  public Integer call() {
    if (evaluation.metrics.isEmpty()) {
      throw new CompressorException(
          ErrorCode.USAGE, "--metric", "no metric is named", "--metric top1, for example");
    }
    ModelFile file = ModelArgument.open(model);
    List<Row> rows;
    try (Dataset dataset = DataFlag.open(data, file, "--data");
        RuntimeSession session =
            RuntimeSession.open(model, SessionSettings.withThreads(threads.count()));
        ProgressReporter progress = progress()) {
      rows =
          Evaluation.single(
                  session::run, dataset, evaluation.metrics(), evaluation.options(), progress)
              .stream()
              .map(Row::of)
              .toList();
    }
    if (json) {
      out().println(Json.text(rows));
    } else {
      Table table = new Table("metric", ">value", ">95% from", ">to", ">samples", "");
      rows.forEach(
          r ->
              table.row(
                  r.metric(),
                  Units.figure(r.value()),
                  Units.figure(r.low95()),
                  Units.figure(r.high95()),
                  r.n(),
                  r.note()));
      table.print(out(), style());
    }
    out().flush();
    return ExitCode.OK;
  }
}
