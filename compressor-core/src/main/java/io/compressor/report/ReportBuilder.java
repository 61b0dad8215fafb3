package io.compressor.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the parts of a {@link Report} while a run goes on; single-threaded. */
public final class ReportBuilder {
  private final Report.Tool tool;
  private final Report.Model model;
  private Report.@Nullable Recipe recipe;
  private long seed;
  private Report.@Nullable Output output;
  private List<Report.Site> sites = List.of();
  private List<Report.Skip> skipped = List.of();
  private @Nullable List<String> rotations;
  private Report.@Nullable Search search;
  private List<Report.Quality> quality = List.of();
  private Report.@Nullable Latency latency;
  private Report.@Nullable Memory memory;
  private Report.@Nullable Gate gate;
  private Report.@Nullable Data data;
  private final List<String> warnings = new ArrayList<>();
  private Report.Provenance provenance;
  private Report.@Nullable Resumed resumed;
  private Report.@Nullable Timings timings;

  ReportBuilder(Report.Tool tool, Report.Model model) {
    this.tool = tool;
    this.model = model;
    this.provenance = new Report.Provenance(model.sha256(), null, "");
  }

  ReportBuilder(Report from) {
    this(from.tool(), from.model());
    recipe = from.recipe();
    seed = from.seed();
    output = from.output();
    sites = from.sites();
    skipped = from.skipped();
    rotations = from.rotations();
    search = from.search();
    quality = from.quality();
    latency = from.latency();
    memory = from.memory();
    gate = from.gate();
    data = from.data();
    warnings.addAll(from.warnings());
    provenance = from.provenance();
    resumed = from.resumed();
    timings = from.timings();
  }

  public ReportBuilder recipe(Report.Recipe value, long recipeSeed) {
    recipe = value;
    seed = recipeSeed;
    return this;
  }

  public ReportBuilder seed(long value) {
    seed = value;
    return this;
  }

  public ReportBuilder output(Report.@Nullable Output value) {
    output = value;
    return this;
  }

  public ReportBuilder sites(List<Report.Site> value) {
    sites = value;
    return this;
  }

  public ReportBuilder skipped(List<Report.Skip> value) {
    skipped = value;
    return this;
  }

  /** Empty counts as none. */
  public ReportBuilder rotations(@Nullable List<String> value) {
    rotations = value;
    return this;
  }

  public ReportBuilder search(Report.@Nullable Search value) {
    search = value;
    return this;
  }

  public ReportBuilder quality(List<Report.Quality> value) {
    quality = value;
    return this;
  }

  public ReportBuilder latency(Report.@Nullable Latency value) {
    latency = value;
    return this;
  }

  public ReportBuilder memory(Report.@Nullable Memory value) {
    memory = value;
    return this;
  }

  public ReportBuilder gate(Report.@Nullable Gate value) {
    gate = value;
    return this;
  }

  public ReportBuilder data(Report.@Nullable Data value) {
    data = value;
    return this;
  }

  /** Adds a line that the reader of the report must see. */
  public ReportBuilder warn(String warning) {
    warnings.add(warning);
    return this;
  }

  public ReportBuilder provenance(Report.Provenance value) {
    provenance = value;
    return this;
  }

  public ReportBuilder resumed(Report.@Nullable Resumed value) {
    resumed = value;
    return this;
  }

  public ReportBuilder timings(Report.@Nullable Timings value) {
    timings = value;
    return this;
  }

  public Report build() {
    return new Report(
        Report.SCHEMA,
        tool,
        recipe,
        seed,
        model,
        output,
        sites,
        skipped,
        rotations,
        search,
        quality,
        latency,
        memory,
        gate,
        data,
        warnings,
        provenance,
        resumed,
        timings);
  }
}
