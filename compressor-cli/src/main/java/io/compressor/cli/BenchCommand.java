package io.compressor.cli;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.Dataset;
import io.compressor.formats.onnx.ModelFile;
import io.compressor.ir.Tensor;
import io.compressor.runtime.ChildProbe;
import io.compressor.runtime.Footprint;
import io.compressor.runtime.Latency;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Stopwatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code compressor bench MODEL…}: how fast and how heavy models are, side by side. */
@Command(
    name = "bench",
    description = {
      "Times models in turn, run by run, so that all see the same machine; measures load time and"
          + " peak memory in a process of their own."
    },
    footer = {
      "",
      "Examples:",
      "  compressor bench model.onnx model-int8.onnx --shape input_ids=1x128 \\",
      "      --shape attention_mask=1x128",
      "  compressor bench model.onnx out.onnx --data dev.npz --batch 8 --threads 1",
    })
final class BenchCommand extends ToolCommand {
  private static final Duration CHILD_LIMIT = Duration.ofMinutes(5);
  private static final int WARMUP = 3;
  private static final int MIN_ROUNDS = 10;
  private static final int MAX_ROUNDS = 2000;

  @Parameters(
      arity = "1..*",
      paramLabel = "MODEL",
      description = "ONNX files; the first is the" + " one that ratios refer to.")
  List<Path> models = new ArrayList<>();

  @Option(
      names = "--shape",
      paramLabel = "IN=1x128",
      description = "Shape of an input; symbolic dimensions are 1 otherwise. Repeatable.")
  List<String> shapes = new ArrayList<>();

  @Option(names = "--data", paramLabel = "DATA", description = "Time the first samples of this.")
  @Nullable Path data;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "1",
      description = "Samples a run, with --data (default: 1).")
  int batch = 1;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "3",
      description = "Time at least this long (default: 3).")
  double seconds = 3;

  @Option(names = "--no-memory", description = "Skip load time and memory.")
  boolean noMemory;

  @Mixin Threads threads = new Threads();

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  /** One model in JSON; {@code ratio} is the time against the first model's, paired by round. */
  record Row(
      String model,
      long bytes,
      double p50Ms,
      double p90Ms,
      double minMs,
      double ratio,
      double ratioLow,
      double ratioHigh,
      int runs,
      @Nullable Double loadMs,
      @Nullable Long peakBytes) {}

  @Override
  public Integer call() {
    List<Row> rows;
    List<RuntimeSession> sessions = new ArrayList<>();
    try (ProgressReporter progress = progress()) {
      List<ModelFile> files = models.stream().map(ModelArgument::open).toList();
      Map<String, Tensor> feeds = feeds(files.get(0));
      SessionSettings settings = SessionSettings.withThreads(threads.count());
      progress.begin("load", files.size());
      for (ModelFile file : files) {
        sessions.add(RuntimeSession.open(file.path(), settings));
        progress.advance(1);
      }
      progress.begin("time", 1);
      List<Latency> times =
          new Stopwatch(WARMUP, MIN_ROUNDS, MAX_ROUNDS, seconds * 1000, 17).race(sessions, feeds);
      progress.advance(1);
      rows = rows(files, times, feeds, progress);
    } finally {
      sessions.forEach(RuntimeSession::close);
    }
    if (json) {
      out().println(Json.text(rows));
    } else {
      print(rows);
    }
    out().flush();
    return ExitCode.OK;
  }

  private Map<String, Tensor> feeds(ModelFile first) {
    if (data == null) {
      return BenchFeeds.of(first.model().graph().requiredInputs(), BenchFeeds.shapes(shapes));
    }
    if (!shapes.isEmpty()) {
      throw new CompressorException(
          ErrorCode.USAGE, "--shape, --data", "both are given", "choose one");
    }
    try (Dataset dataset = DataFlag.open(data, first, "--data")) {
      int size = Math.min(dataset.size(), dataset.fixedBatch().orElse(Math.max(1, batch)));
      return dataset.batch(0, size).inputs();
    }
  }

  private List<Row> rows(
      List<ModelFile> files,
      List<Latency> times,
      Map<String, Tensor> feeds,
      ProgressReporter progress) {
    Map<String, long[]> fed = new LinkedHashMap<>();
    feeds.forEach((name, t) -> fed.put(name, t.dims()));
    progress.begin("memory", files.size());
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      Latency t = times.get(i);
      Footprint footprint =
          noMemory
              ? null
              : ChildProbe.measure(files.get(i).path(), threads.count(), fed, CHILD_LIMIT);
      progress.advance(1);
      progress.checkCancelled();
      rows.add(
          new Row(
              files.get(i).path().toString(),
              files.get(i).bytes(),
              t.p50(),
              t.p90(),
              t.min(),
              t.ratio(),
              t.ratioLow(),
              t.ratioHigh(),
              t.runs(),
              footprint == null ? null : footprint.loadMillis(),
              footprint == null || footprint.peakBytes().isEmpty()
                  ? null
                  : footprint.peakBytes().getAsLong()));
    }
    return rows;
  }

  private void print(List<Row> rows) {
    Table table =
        new Table("model", ">bytes", ">p50 ms", ">p90 ms", ">speed", "", ">load ms", ">peak");
    for (Row r : rows) {
      table.row(
          r.model(),
          Units.bytes(r.bytes()),
          Units.figure(r.p50Ms()),
          Units.figure(r.p90Ms()),
          String.format(Locale.ROOT, "%.2fx", 1 / r.ratio()),
          String.format(Locale.ROOT, "[%.2f, %.2f]", 1 / r.ratioHigh(), 1 / r.ratioLow()),
          r.loadMs() == null ? "-" : Units.figure(r.loadMs()),
          r.peakBytes() == null ? "-" : Units.bytes(r.peakBytes()));
    }
    table.print(out(), style());
    out().println();
    out()
        .println(
            style()
                .faint(
                    "%d runs each on %d threads; speed is the median ratio to the first model,"
                            .formatted(rows.get(0).runs(), threads.count())
                        + " with quartiles"));
  }
}
