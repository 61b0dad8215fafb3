package io.compressor.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reports of runs that never took place, with everything a report can hold. */
final class SampleReports {
  static final String HOSTILE =
      "</td><script>alert('x')</script>\u202Eevil\u0000 | `@all` \"quoted\" & <img src=x>\uD800";

  private SampleReports() {}

  static Report passed() {
    return encoder()
        .gate(
            new Report.Gate(
                true,
                List.of(
                    rule(
                        "max-drop top1 1% at 95% confidence",
                        0.01, 0.0071, Report.Verdict.PASSED, "top1 0.8055, drop 0.15%"),
                    rule(
                        "max-size 60%",
                        0.6,
                        0.572,
                        Report.Verdict.PASSED,
                        "13,100,000 of 22,900,000 bytes, 57.21%"))))
        .build();
  }

  static Report failed() {
    return encoder()
        .gate(
            new Report.Gate(
                false,
                List.of(
                    rule(
                        "max-drop top1 0.1%",
                        0.001,
                        0.0015,
                        Report.Verdict.FAILED,
                        "top1 0.8055, drop 0.15%; narrow: 1000 samples cannot decide at 95%"
                            + " confidence; about 64000 (63000 more) would"),
                    rule("max-size 60%", 0.6, 0.572, Report.Verdict.PASSED, ""))))
        .data(new Report.Data(data(true), data(false)))
        .warn("4 layers had fewer calibration rows than inputs; their Hessians are short of rank")
        .build();
  }

  static Report undecided() {
    return encoder()
        .gate(
            new Report.Gate(
                false,
                List.of(
                    rule(
                        "max-drop top1 0.5% at 95% confidence",
                        0.005,
                        0.0071,
                        Report.Verdict.UNDECIDED,
                        "top1 0.8055, drop 0.15%; undecided: 1000 samples cannot decide at 95%"
                            + " confidence; about 2560 (1560 more) would"))))
        .build();
  }

  /** A check of two files: no recipe, no sites, no gate. */
  static Report bare() {
    return Report.about(tool(), model("a.onnx")).build();
  }

  /** Every text that can come from a file holds markup. */
  static Report hostile() {
    String x = HOSTILE;
    Report.DataSet set = new Report.DataSet(x, x, x, 1, 0, false, List.of(x), List.of(x));
    return Report.about(new Report.Tool(x, x, x, x), model(x))
        .recipe(new Report.Recipe(x, x), 1)
        .output(new Report.Output(x, x, 5, 5, 21, 4, x))
        .sites(
            List.of(
                new Report.Site(
                    x,
                    x,
                    List.of(1L),
                    1,
                    x,
                    x,
                    x,
                    x,
                    1,
                    1,
                    null,
                    null,
                    null,
                    null,
                    x,
                    List.of(x),
                    new Report.Histogram(0, 1, List.of(1L, 2L), List.of(2L, 1L)))))
        .skipped(List.of(new Report.Skip(x, x)))
        .quality(
            List.of(
                new Report.Quality(
                    x,
                    1,
                    1,
                    Double.NaN,
                    Double.NaN,
                    Double.NaN,
                    Double.NaN,
                    Report.Scale.ABSOLUTE,
                    true,
                    false,
                    null,
                    x)))
        .gate(new Report.Gate(false, List.of(rule(x, 1, 2, Report.Verdict.FAILED, x))))
        .data(new Report.Data(set, set))
        .warn(x)
        .provenance(new Report.Provenance(x, x, x))
        .timings(new Report.Timings(Map.of(x, 1.0)))
        .build();
  }

  static Report large(int sites) {
    List<Report.Site> many = new ArrayList<>();
    for (int i = 0; i < sites; i++) {
      many.add(site("layer." + i, "MatMul", 64 + i, 64, 4, 0.01, 0.011, null));
    }
    return Report.about(tool(), model("large.onnx")).sites(many).build();
  }

  private static ReportBuilder encoder() {
    Map<String, Double> stages = new LinkedHashMap<>();
    stages.put("read", 0.04);
    stages.put("statistics", 11.2);
    stages.put("solve", 18.75);
    stages.put("evaluate", 21.3);
    return Report.about(tool(), model("models/encoder.onnx"))
        .recipe(
            new Report.Recipe(
                "recipe: 1\nseed: 17\nsteps:\n  - pass: quantize\n    with: { bits: 4, group: 32 }\n",
                "5f".repeat(32)),
            17)
        .output(
            new Report.Output(
                "out/encoder.small.onnx",
                "9c".repeat(32),
                13_100_000,
                12_900_000,
                21,
                4.53,
                "1.20"))
        .sites(sites())
        .skipped(
            List.of(
                new Report.Skip("encoder/layer.0/attention/Constant_3", "fewer than 4096 elements"),
                new Report.Skip("encoder/layer.1/attention/Constant_3", "fewer than 4096 elements"),
                new Report.Skip("pooler/custom", "operator domain 'com.example' is not known")))
        .search(new Report.Search(48, pareto(), null))
        .quality(quality())
        .latency(new Report.Latency(11.24, 4.68, 2.402, 1, "input_ids 1×128"))
        .memory(new Report.Memory(61_000_000, 84, 118_000_000L, 142.0))
        .data(new Report.Data(data(false), data(false)))
        .provenance(
            new Report.Provenance(
                "1a".repeat(32),
                "77".repeat(32),
                "compressor compress models/encoder.onnx -o out/encoder.small.onnx --preset balanced"
                    + " --data calib.jsonl --eval-data dev.npz --metric top1 --max-drop 1%"))
        .timings(new Report.Timings(stages));
  }

  private static List<Report.Site> sites() {
    List<Report.Site> sites = new ArrayList<>();
    sites.add(
        site("embeddings.word_embeddings.weight", "Gather", 30522, 96, 4, 0.071, null, bell()));
    for (int layer = 0; layer < 4; layer++) {
      String at = "encoder.layer." + layer + ".";
      for (String part : List.of("query", "key", "value", "output")) {
        double error = 0.012 * (layer + 1) * (part.equals("key") ? 2.2 : 1);
        sites.add(
            site(at + "attention." + part, "MatMul", 384, 384, 4, error, error * 1.15, bell()));
      }
      sites.add(site(at + "intermediate", "MatMul", 384, 1536, 4, 0.034, 0.031, bell()));
      sites.add(site(at + "output", "MatMul", 1536, 384, layer == 3 ? 8 : 4, 0.004, 0.0045, null));
    }
    return sites;
  }

  private static Report.Site site(
      String name,
      String op,
      long rows,
      long columns,
      int bits,
      @Nullable Double predicted,
      @Nullable Double measured,
      Report.@Nullable Histogram histogram) {
    long n = rows * columns;
    return new Report.Site(
        name,
        op,
        List.of(rows, columns),
        n,
        "quantize",
        bits + " bits, group 32",
        bits == 8 ? "int8 dynamic" : "table codes",
        "DynamicQuantizeMatMul",
        4 * n,
        n * bits / 8 + n / 16,
        predicted,
        measured,
        0.31,
        0.12,
        bits == 8
            ? "4 bits would cost 0.4% of the loss budget"
            : "smallest within 15% of the fastest",
        name.endsWith("3.attention.key")
            ? List.of("range is set by 2 outlier channels")
            : List.of(),
        histogram);
  }

  private static Report.Histogram bell() {
    List<Long> before = new ArrayList<>();
    List<Long> after = new ArrayList<>();
    for (int i = 0; i < 48; i++) {
      double x = (i - 23.5) / 9;
      before.add(Math.round(9000 * Math.exp(-x * x / 2)));
      after.add(i % 3 == 1 ? Math.round(26000 * Math.exp(-x * x / 2)) : 0);
    }
    return new Report.Histogram(-0.42, 0.42, before, after);
  }

  private static List<Report.Point> pareto() {
    List<Report.Point> points = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      points.add(
          new Report.Point(
              8_000_000 + 1_275_000L * i, 3.9 + 0.2 * i, 0.031 * Math.exp(-0.62 * i) - 0.0004));
    }
    return points;
  }

  private static List<Report.Quality> quality() {
    return List.of(
        new Report.Quality(
            "top1",
            1000,
            0.807,
            0.8055,
            0.0015,
            -0.003,
            0.006,
            Report.Scale.ABSOLUTE,
            true,
            false,
            0.52,
            ""),
        new Report.Quality(
            "agreement",
            1000,
            1,
            0.984,
            0.016,
            0.0099,
            0.0258,
            Report.Scale.ABSOLUTE,
            true,
            true,
            null,
            ""),
        new Report.Quality(
            "perplexity",
            64,
            29.754,
            29.61,
            -0.0048,
            -0.0081,
            -0.0016,
            Report.Scale.RELATIVE,
            false,
            false,
            0.004,
            ""),
        new Report.Quality(
            "sqnr",
            1000,
            200,
            27.41,
            172.59,
            172.4,
            172.8,
            Report.Scale.ABSOLUTE,
            true,
            true,
            null,
            ""),
        new Report.Quality(
            "mse",
            1000,
            0.12,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Report.Scale.RELATIVE,
            false,
            false,
            null,
            "candidate: output is not a number in 3 of 1000 rows, first in row 17."));
  }

  private static Report.Rule rule(
      String text, double limit, double value, Report.Verdict verdict, String note) {
    return new Report.Rule(text, limit, value, verdict == Report.Verdict.PASSED, verdict, note);
  }

  private static Report.DataSet data(boolean random) {
    return new Report.DataSet(
        random ? "random" : "calib.jsonl",
        random ? "random" : "text",
        "77".repeat(32),
        512,
        3,
        random,
        List.of("token_type_ids: zeros"),
        List.of("2 input channels never vary"));
  }

  private static Report.Model model(String path) {
    return new Report.Model(path, "1a".repeat(32), 22_900_000, 22_700_000, 14, 22_713_216);
  }

  private static Report.Tool tool() {
    return new Report.Tool("0.1.0", "1.29.0", "17.0.15", "Example CPU (AVX512-VNNI)");
  }
}
