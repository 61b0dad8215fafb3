package io.compressor.pass.rsq;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.graph.stage.StageCutter;
import io.compressor.pass.PassScope;
import io.compressor.pass.weights.Assignment;
import io.compressor.pass.weights.SiteSolver;
import io.compressor.pass.weights.SiteTask;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.recipe.QuantizeOptions;
import io.compressor.recipe.RsqOptions;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.StatisticsRequest;
import io.compressor.statistics.stage.StageRunner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Solves sites in true-sequential order (GPTQ): stage after stage, inside a stage layer after
 * layer, each on inputs that come through what is already quantized. Memory holds one stage.
 */
final class StagedSolver {
  /** Share of the samples that GPTQ is judged on against rounding instead of solved on. */
  private static final double HOLDOUT = 0.125;

  private final RsqOptions options;
  private final PassScope scope;
  private final SiteSolver solver;

  StagedSolver(RsqOptions options, PassScope scope) {
    this.options = options;
    this.scope = scope;
    this.solver = new SiteSolver(options.weights(), scope.engine());
  }

  /** In the order of the assignment. */
  List<SolvedSite> solve(Assignment assignment) {
    boolean rounds = options.weights().method() == QuantizeOptions.Method.RTN;
    Map<String, SolvedSite> solved = rounds ? round(assignment) : solveByStage(assignment);
    return assignment.sites().stream()
        .map(s -> solved.get(s.name()))
        .filter(Objects::nonNull)
        .toList();
  }

  /** Rounding looks at no data, so the order does not matter. */
  private Map<String, SolvedSite> round(Assignment assignment) {
    Map<String, SolvedSite> solved = new LinkedHashMap<>();
    scope.progress().begin("solve", assignment.assigned().size());
    for (Assignment.Assigned a : assignment.assigned()) {
      scope.progress().checkCancelled();
      solved.put(a.site().name(), solver.solve(task(a, Optional.empty())));
      scope.progress().advance(1);
    }
    return solved;
  }

  private Map<String, SolvedSite> solveByStage(Assignment assignment) {
    Map<String, Assignment.Assigned> open = new LinkedHashMap<>();
    assignment.assigned().forEach(a -> open.put(a.site().name(), a));
    Map<String, SolvedSite> solved = new LinkedHashMap<>();
    TokenWeights weights = TokenWeights.of(options, scope);
    try (StageRunner run =
        StageRunner.start(
            scope.model(),
            StageCutter.cut(scope.model(), weights.keptInputs()),
            weights.data(),
            scope.files().scratch(),
            scope.engine(),
            scope.progress())) {
      for (; run.hasStage(); run.finish()) {
        Optional<String> rows = weights.addTo(run);
        for (List<Site> group : run.groups()) {
          List<Assignment.Assigned> members =
              group.stream().map(s -> open.remove(s.name())).filter(Objects::nonNull).toList();
          if (!members.isEmpty()) {
            solved.putAll(solveGroup(run, members, group.get(0).input(), rows));
          }
        }
      }
    }
    return solved;
  }

  /** Sites that read the same value, so that one Hessian serves all. */
  private Map<String, SolvedSite> solveGroup(
      StageRunner run, List<Assignment.Assigned> members, String input, Optional<String> rows) {
    boolean tables = members.get(0).site().kind() == SiteKind.GATHER;
    Optional<ActivationStatistics> seen =
        tables ? Optional.empty() : Optional.of(run.collect(request(input, rows)));
    scope.progress().begin("solve " + run.stage().name(), members.size());
    List<SolvedSite> results = new ArrayList<>();
    for (Assignment.Assigned member : members) {
      scope.progress().checkCancelled();
      results.add(solver.solve(task(member, seen)));
      scope.progress().advance(1);
    }
    Map<String, SolvedSite> solved = new LinkedHashMap<>();
    Map<String, float[]> replaced = new LinkedHashMap<>();
    for (SolvedSite one : results) {
      solved.put(one.task().site().name(), one);
      replaced.put(one.task().site().name(), one.weight().dequantize());
    }
    run.replaceWeights(replaced);
    return solved;
  }

  private static StatisticsRequest request(String input, Optional<String> rows) {
    StatisticsRequest plain = StatisticsRequest.none().hessians(Set.of(input)).holdout(HOLDOUT);
    return rows.map(r -> plain.rowWeights(Map.of(input, r))).orElse(plain);
  }

  private static SiteTask task(Assignment.Assigned a, Optional<ActivationStatistics> seen) {
    String input = a.site().input();
    return new SiteTask(
        a.site(),
        a.choice(),
        Optional.empty(),
        seen.map(s -> s.moments().get(input)),
        seen.map(s -> s.holdout().get(input)));
  }
}
