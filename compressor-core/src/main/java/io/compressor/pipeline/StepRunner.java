package io.compressor.pipeline;

import io.compressor.engine.Engine;
import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.Dataset;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.SiteScan;
import io.compressor.graph.Skipped;
import io.compressor.ir.Model;
import io.compressor.pass.FormChooser;
import io.compressor.pass.Pass;
import io.compressor.pass.PassFiles;
import io.compressor.pass.PassOutcome;
import io.compressor.pass.PassPlan;
import io.compressor.pass.PassScope;
import io.compressor.pass.PlannedSite;
import io.compressor.pass.Prepared;
import io.compressor.pass.SearchTrace;
import io.compressor.pass.SiteDecision;
import io.compressor.pass.precision.Analysis;
import io.compressor.pass.precision.PrecisionPass;
import io.compressor.recipe.Match;
import io.compressor.recipe.Recipe;
import io.compressor.recipe.Step;
import io.compressor.solver.CalibrationWarning;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.Finding;
import io.compressor.statistics.StatisticsCollector;
import io.compressor.statistics.StatisticsRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs a recipe's steps one after the other; each sees the model that the one before left. */
final class StepRunner {
  private final Recipe recipe;
  private final Optional<Dataset> calibration;
  private final PassFiles files;
  private final FormChooser forms;
  private final Engine engine;
  private final Progress progress;

  private final List<SiteDecision> decisions = new ArrayList<>();
  private final Map<String, Skipped> skipped = new LinkedHashMap<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> rotations = new ArrayList<>();
  private final List<SearchTrace> searches = new ArrayList<>();

  StepRunner(
      Recipe recipe,
      Optional<Dataset> calibration,
      PassFiles files,
      FormChooser forms,
      Engine engine,
      Progress progress) {
    this.recipe = recipe;
    this.calibration = calibration;
    this.files = files;
    this.forms = forms;
    this.engine = engine;
    this.progress = progress;
  }

  /** What all steps together did. */
  record Result(
      Model model,
      List<SiteDecision> decisions,
      List<Skipped> skipped,
      List<String> warnings,
      List<String> rotations,
      List<SearchTrace> searches) {}

  /**
   * What all steps together would do.
   *
   * @param hollow as in {@link PassPlan}; empty where a step changes what another has written
   */
  record Plan(List<PlannedSite> sites, List<Skipped> skipped, Optional<Model> hollow) {}

  /** What {@link #run} would do; steps are planned on the model as it is. */
  Plan plan(Model model) {
    Map<String, PlannedSite> planned = new LinkedHashMap<>();
    Optional<Model> hollow = Optional.empty();
    for (int i = 0; i < recipe.steps().size(); i++) {
      Step step = recipe.steps().get(i);
      Pass pass = Passes.of(step.options(), recipe, calibration.isPresent());
      PassPlan plan = pass.plan(scope(model, prepared(pass, model), pass, i));
      hollow = recipe.steps().size() == 1 ? plan.hollow() : Optional.empty();
      plan.sites().forEach(s -> planned.put(s.site().name(), s));
      plan.skipped().forEach(s -> skipped.putIfAbsent(s.name(), s));
    }
    planned.keySet().forEach(skipped::remove);
    return new Plan(List.copyOf(planned.values()), List.copyOf(skipped.values()), hollow);
  }

  Result run(Model model) {
    Model current = model;
    for (int i = 0; i < recipe.steps().size(); i++) {
      current = step(model, current, i);
    }
    return new Result(
        current,
        List.copyOf(decisions),
        List.copyOf(skipped.values()),
        List.copyOf(warnings),
        List.copyOf(rotations),
        List.copyOf(searches));
  }

  /** Option curves of the first step that has any. */
  Analysis analyze(Model model, int configurations) {
    for (int i = 0; i < recipe.steps().size(); i++) {
      Pass pass = Passes.of(recipe.steps().get(i).options(), recipe, calibration.isPresent());
      if (pass instanceof PrecisionPass precision) {
        PassScope scope = scope(model, prepared(pass, model), pass, i);
        return precision.analyze(scope, statistics(pass, scope), configurations);
      }
    }
    throw new CompressorException(
        ErrorCode.USAGE, "recipe", "it has no precision step whose options could be analyzed", "");
  }

  private ActivationStatistics statistics(Pass pass, PassScope scope) {
    StatisticsRequest wanted = pass.needs(scope);
    return calibration
        .map(pass::observed)
        .map(d -> StatisticsCollector.collect(scope.model(), wanted, d, 1, engine, progress))
        .orElseGet(
            () ->
                new ActivationStatistics(
                    Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), List.of()));
  }

  private Model step(Model original, Model model, int index) {
    Step step = recipe.steps().get(index);
    Pass pass = Passes.of(step.options(), recipe, calibration.isPresent());
    PassScope scope = scope(original, prepared(pass, model), pass, index);
    ActivationStatistics statistics = statistics(pass, scope);
    for (Finding finding : statistics.findings()) {
      warnings.add(
          finding.value().isEmpty()
              ? finding.message()
              : finding.value() + ": " + finding.message());
    }
    PassOutcome outcome = pass.run(scope, statistics);
    warnings.addAll(outcome.warnings());
    outcome.search().ifPresent(searches::add);
    warnFewRows(outcome.decisions());
    decisions.addAll(outcome.decisions());
    outcome.decisions().forEach(d -> skipped.remove(d.site().name()));
    outcome.skipped().forEach(s -> skipped.putIfAbsent(s.name(), s));
    return outcome.model();
  }

  private void warnFewRows(List<SiteDecision> made) {
    List<SiteDecision> few =
        made.stream()
            .filter(d -> d.warnings().stream().anyMatch(CalibrationWarning::wrote))
            .toList();
    if (!few.isEmpty()) {
      SiteDecision first = few.get(0);
      warnings.add(
          "%d weights have too little calibration data, the first is %s: %s"
              .formatted(
                  few.size(),
                  first.site().name(),
                  first.warnings().stream()
                      .filter(CalibrationWarning::wrote)
                      .findFirst()
                      .orElse("")));
    }
  }

  private Model prepared(Pass pass, Model model) {
    Prepared prepared = pass.prepare(model);
    prepared.refused().forEach(s -> skipped.putIfAbsent(s.name(), s));
    rotations.addAll(prepared.rotations());
    return prepared.model();
  }

  private PassScope scope(Model original, Model model, Pass pass, int index) {
    Step step = recipe.steps().get(index);
    if (!pass.wantsSites()) {
      refuseMatch(step, index);
      return scope(original, model, List.of(), List.of());
    }
    SiteScan scan = SiteFinder.scan(model);
    List<Site> matching = new ArrayList<>();
    for (Site site : scan.sites()) {
      if (step.match().matches(site.node().opType(), site.name(), site.parameters())) {
        matching.add(site);
      }
    }
    if (matching.isEmpty()) {
      throw nothingMatches(scan, step, index);
    }
    scan.skipped().forEach(s -> skipped.putIfAbsent(s.name(), s));
    for (Site site : scan.sites()) {
      if (!matching.contains(site)) {
        skipped.putIfAbsent(
            site.name(), new Skipped(site.name(), "no step of the recipe matches it"));
      }
    }
    return scope(original, model, matching, scan.skipped());
  }

  private PassScope scope(Model original, Model model, List<Site> sites, List<Skipped> others) {
    return new PassScope(
        original, model, sites, others, forms, calibration, files, recipe.seed(), engine, progress);
  }

  private static void refuseMatch(Step step, int index) {
    if (!step.match().equals(Match.ALL)) {
      throw new CompressorException(
          ErrorCode.RECIPE,
          "steps[%d].match".formatted(index),
          "%s acts on the whole model, not on chosen weights".formatted(step.pass()),
          "remove match");
    }
  }

  private static CompressorException nothingMatches(SiteScan scan, Step step, int index) {
    if (scan.sites().isEmpty()) {
      return new CompressorException(
          ErrorCode.MODEL,
          "model",
          "it has no weight that can be compressed"
              + scan.skipped().stream()
                  .findFirst()
                  .map(s -> " (" + s.name() + ": " + s.reason() + ", …)")
                  .orElse(""),
          "'inspect' lists every weight with the reason");
    }
    return new CompressorException(
        ErrorCode.RECIPE,
        "steps[%d].match".formatted(index),
        "%s matches none of the model's %d weights".formatted(step.match(), scan.sites().size()),
        "the first are "
            + scan.sites().stream().limit(3).map(Site::name).toList()
            + "; 'inspect' lists all");
  }
}
