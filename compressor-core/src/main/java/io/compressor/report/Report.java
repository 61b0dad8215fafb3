package io.compressor.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything a run found out, as one document; {@code report.json} is exactly this.
 *
 * <p>The other forms (HTML, Markdown, JUnit) are rendered from it and hold no fact of their own.
 * What does not apply to a run is null, which the file leaves out. Sizes are bytes, times
 * milliseconds unless the name says otherwise, shares and drops fractions (0.005 is 0.5 %).
 *
 * @param schema version of this document's form, see {@link #SCHEMA}
 * @param seed recipe seed that every random choice of the run was derived from
 * @param recipe null when nothing was compressed (a {@code check} of two given files)
 * @param output null when no model was written
 * @param rotations what was rotated before weights were compressed, by which matrix, one sentence
 *     each; null when nothing was
 * @param resumed what a workspace was good for; null when there was none
 * @param timings wall time, apart from the rest because it never repeats
 */
public record Report(
    int schema,
    Tool tool,
    @Nullable Recipe recipe,
    long seed,
    Model model,
    @Nullable Output output,
    List<Site> sites,
    List<Skip> skipped,
    @Nullable List<String> rotations,
    @Nullable Search search,
    List<Quality> quality,
    @Nullable Latency latency,
    @Nullable Memory memory,
    @Nullable Gate gate,
    @Nullable Data data,
    List<String> warnings,
    Provenance provenance,
    @Nullable Resumed resumed,
    @Nullable Timings timings) {

  /** The version that this build writes, and the newest that it reads. */
  public static final int SCHEMA = 1;

  public Report {
    sites = List.copyOf(sites);
    skipped = List.copyOf(skipped);
    rotations = rotations == null || rotations.isEmpty() ? null : List.copyOf(rotations);
    quality = List.copyOf(quality);
    warnings = List.copyOf(warnings);
  }

  /** {@link #rotations} in one line; empty when nothing was rotated. */
  public Optional<String> rotated() {
    List<String> all = rotations;
    if (all == null) {
      return Optional.empty();
    }
    String first = all.stream().filter(r -> r.startsWith("rotated")).findFirst().orElse(all.get(0));
    return Optional.of(
        all.size() == 1
            ? first
            : "%s; %d more such steps are in the report".formatted(first, all.size() - 1));
  }

  /** A report with the given model and nothing else yet. */
  public static ReportBuilder about(Tool tool, Model model) {
    return new ReportBuilder(tool, model);
  }

  /**
   * The same report less what a stop-watch said and an earlier run left: two runs on the same input
   * agree on the rest, byte for byte.
   */
  public Report withoutMeasurements() {
    return new ReportBuilder(this).latency(null).memory(null).resumed(null).timings(null).build();
  }

  /**
   * @param ortVersion version of ONNX Runtime that measured and evaluated
   * @param cpu processor name and the features that choose kernels, such as AVX512-VNNI
   */
  public record Tool(String version, String ortVersion, String jdk, String cpu) {}

  /**
   * @param resolved the recipe with all defaults filled in, as YAML text
   * @param sha256 hash of {@code resolved} in UTF-8
   */
  public record Recipe(String resolved, String sha256) {}

  /**
   * The model that went in.
   *
   * @param bytes of the file and of its external data
   * @param weightBytes of all initializers
   * @param parameters elements of all initializers
   */
  public record Model(
      String path, String sha256, long bytes, long weightBytes, long opset, long parameters) {}

  /**
   * The model that came out.
   *
   * @param bitsPerWeight weight bytes × 8 / parameters of the input model, tables and scales
   *     included
   * @param minOrtVersion oldest ONNX Runtime that runs every encoding used
   */
  public record Output(
      String path,
      String sha256,
      long bytes,
      long weightBytes,
      long opset,
      double bitsPerWeight,
      String minOrtVersion) {}

  /**
   * What became of one weight.
   *
   * @param shape of the weight as stored
   * @param pass name of the pass that changed it; empty when it stays as it was
   * @param choice what the pass settled on, such as {@code 4 bits, group 32}
   * @param encoding how it is written
   * @param kernel the ONNX Runtime kernel that will run
   * @param errorPredicted relative output error that the planner expected
   * @param errorMeasured relative output error of the solved site on held-out rows
   * @param reason why this choice
   * @param histogram weights before and after, when asked for
   */
  public record Site(
      String name,
      String op,
      List<Long> shape,
      long parameters,
      String pass,
      String choice,
      String encoding,
      String kernel,
      long bytesBefore,
      long bytesAfter,
      @Nullable Double errorPredicted,
      @Nullable Double errorMeasured,
      @Nullable Double latencyBeforeMs,
      @Nullable Double latencyAfterMs,
      String reason,
      List<String> warnings,
      @Nullable Histogram histogram) {
    public Site {
      shape = List.copyOf(shape);
      warnings = List.copyOf(warnings);
    }
  }

  /** Counts of equally wide bins over [low, high]; both lists have one entry per bin. */
  public record Histogram(double low, double high, List<Long> before, List<Long> after) {
    public Histogram {
      before = List.copyOf(before);
      after = List.copyOf(after);
    }
  }

  /** A node or weight that was left alone, and why. */
  public record Skip(String name, String reason) {}

  /**
   * @param evaluations how many candidates were scored
   * @param pareto the best points found, by bytes
   * @param front what each size costs, with recipes; null where none was computed
   */
  public record Search(long evaluations, List<Point> pareto, @Nullable List<FrontPoint> front) {
    public Search {
      pareto = List.copyOf(pareto);
      front = front == null ? null : List.copyOf(front);
    }
  }

  /**
   * One candidate of the search.
   *
   * @param drop loss of the search metric
   */
  public record Point(long bytes, @Nullable Double latencyMs, double drop) {}

  /**
   * One metric of the base and the compressed model on the same samples.
   *
   * @param drop how much worse the compressed model is; negative when it is better
   * @param dropLow lower end of the paired 95 % interval
   * @param scale whether drop is in the units of the metric or a share of the base's value
   * @param againstBase whether the metric compares the outputs of the two models; base is then what
   *     a perfect copy would reach
   * @param pValue of the hypothesis that both are equally good, two-sided; null against the base
   * @param note what a reader must know, such as outputs that are not a number; empty if nothing
   */
  public record Quality(
      String metric,
      long n,
      double base,
      double compressed,
      double drop,
      double dropLow,
      double dropHigh,
      Scale scale,
      boolean higherIsBetter,
      boolean againstBase,
      @Nullable Double pValue,
      String note) {}

  /** The unit of a drop. */
  public enum Scale {
    ABSOLUTE,
    RELATIVE
  }

  /**
   * Medians of interleaved runs.
   *
   * @param ratio base over compressed: 2 is twice as fast
   * @param shape of the inputs, for people
   */
  public record Latency(
      double baseMs, double compressedMs, double ratio, long batch, String shape) {}

  /**
   * @param peakRssBytes resident memory of a process that loads and runs the compressed model
   * @param loadMs time to open a session
   */
  public record Memory(
      long peakRssBytes,
      double loadMs,
      @Nullable Long basePeakRssBytes,
      @Nullable Double baseLoadMs) {}

  /** The verdict: passed only when every rule did. */
  public record Gate(boolean passed, List<Rule> rules) {
    public Gate {
      rules = List.copyOf(rules);
    }
  }

  /**
   * @param rule such as {@code max-drop top1 0.5% at 95% confidence}
   * @param note why it failed, or how many samples would decide it; may be empty
   */
  public record Rule(
      String rule, double limit, double value, boolean passed, Verdict verdict, String note) {}

  /** How a rule ended. UNDECIDED counts as not passed: the data cannot tell. */
  public enum Verdict {
    PASSED,
    FAILED,
    UNDECIDED
  }

  /** What was calibrated and evaluated on; either may be absent. */
  public record Data(@Nullable DataSet calibration, @Nullable DataSet evaluation) {}

  /**
   * @param random whether the values are random numbers and the findings therefore meaningless
   * @param filled inputs that the data lacked, and what they were filled with
   * @param notes duplicates, unused channels, saturated ranges, short Hessians
   */
  public record DataSet(
      String source,
      String kind,
      String sha256,
      long samples,
      long duplicates,
      boolean random,
      List<String> filled,
      List<String> notes) {
    public DataSet {
      filled = List.copyOf(filled);
      notes = List.copyOf(notes);
    }
  }

  /**
   * @param reused sites that a run before this one had solved
   * @param sites all that were to be solved
   */
  public record Resumed(long reused, long sites) {}

  /** Seconds by stage, in the order in which the stages ran. */
  public record Timings(Map<String, Double> perStage) {
    public Timings {
      perStage = Collections.unmodifiableMap(new LinkedHashMap<>(perStage));
    }
  }

  /**
   * @param command that repeats this run
   */
  public record Provenance(String inputSha256, @Nullable String dataSha256, String command) {}
}
