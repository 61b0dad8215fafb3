package io.compressor.pass.rsq;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.graph.Skipped;
import io.compressor.graph.stage.StageCutter;
import io.compressor.pass.PassScope;
import io.compressor.pass.weights.Assignment;
import io.compressor.pass.weights.BadSites;
import io.compressor.pass.weights.SiteMemo;
import io.compressor.pass.weights.SiteTask;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.recipe.QuantizeOptions;
import io.compressor.recipe.RsqOptions;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.StatisticsRequest;
import io.compressor.statistics.stage.StageRunner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Solves sites in true-sequential order (GPTQ): stage after stage, inside a stage layer after
 * layer, each on inputs that come through what is already quantized. Memory holds one stage.
 */
final class StagedSolver {
  /** Share of the samples that GPTQ is judged on against rounding instead of solved on. */
  private static final double HOLDOUT = 0.125;

  private final RsqOptions options;
  private final PassScope scope;
  private final SiteMemo memo;
  private final BadSites bad;
  private final Map<String, Skipped> skipped = new LinkedHashMap<>();
  private final Set<String> notes = new LinkedHashSet<>();

  StagedSolver(RsqOptions options, PassScope scope, SiteMemo memo, BadSites bad) {
    this.options = options;
    this.scope = scope;
    this.memo = memo;
    this.bad = bad;
  }

  /** Sites that {@link #solve} found to be bad. */
  List<Skipped> skipped() {
    return List.copyOf(skipped.values());
  }

  /** What a reader of the report must know about the stages. */
  List<String> notes() {
    return List.copyOf(notes);
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
    List<SiteTask> tasks =
        assignment.assigned().stream().map(a -> task(a, Optional.empty())).toList();
    return memo.solveAll(tasks, scope.engine(), scope.progress()).stream()
        .collect(Collectors.toMap(one -> one.task().site().name(), Function.identity()));
  }

  private Map<String, SolvedSite> solveByStage(Assignment assignment) {
    Map<String, Assignment.Assigned> open = new LinkedHashMap<>();
    assignment.assigned().forEach(a -> open.put(a.site().name(), a));
    Map<String, SolvedSite> solved = finished(assignment);
    if (solved.size() == open.size()) {
      return solved;
    }
    TokenWeights weights = TokenWeights.of(options, scope, bad, notes::add);
    try (StageRunner run =
            StageRunner.start(
                scope.model(),
                StageCutter.cut(scope.model(), weights.keptInputs()),
                weights.data(),
                scope.files().scratch(),
                scope.engine(),
                scope.progress());
        StageLearning learning =
            StageLearning.of(options, scope, weights.data(), weights.keptInputs())) {
      if (learning.isOn()) {
        run.keepInputs();
      }
      int all = open.size();
      while (run.hasStage() && solved.size() + skipped.size() < all) {
        solveStage(run, groups(run, open), weights, learning, solved);
        run.finish();
        learning.finish();
      }
      notes.addAll(learning.notes());
    }
    return solved;
  }

  private void solveStage(
      StageRunner run,
      List<List<Assignment.Assigned>> groups,
      TokenWeights weights,
      StageLearning learning,
      Map<String, SolvedSite> solved) {
    List<String> names = groups.stream().flatMap(List::stream).map(a -> a.site().name()).toList();
    boolean done = solved.keySet().containsAll(names);
    if (learning.isOn() && !done) {
      // the sites of a stage learn together, so what is left of a part of them is of no use
      solved.keySet().removeAll(names);
    }
    Optional<String> rows = done ? Optional.empty() : weights.addTo(run);
    SiteMemo solving = learning.isOn() ? memo.unfinished() : memo;
    for (List<Assignment.Assigned> group : groups) {
      solveGroup(run, group, rows, solving, solved);
    }
    if (learning.isOn() && !done) {
      Map<String, SolvedSite> stage = new LinkedHashMap<>(solved);
      stage.keySet().retainAll(names);
      run.rewind();
      run.replaceWeights(weights(stage));
      Map<String, SolvedSite> learnt = learning.learn(run, stage);
      run.replaceWeights(weights(learnt));
      stage.putAll(learnt);
      stage.values().forEach(memo::keep);
      solved.putAll(learnt);
    }
  }

  private Map<String, float[]> weights(Map<String, SolvedSite> solved) {
    Map<String, float[]> weights = new LinkedHashMap<>();
    solved.forEach((name, s) -> weights.put(name, s.weight().dequantize(scope.engine())));
    return weights;
  }

  /** What a killed run has left. */
  private Map<String, SolvedSite> finished(Assignment assignment) {
    Map<String, SolvedSite> found = new LinkedHashMap<>();
    for (Assignment.Assigned a : assignment.assigned()) {
      memo.find(task(a, Optional.empty())).ifPresent(s -> found.put(a.site().name(), s));
    }
    return found;
  }

  /** The stage's groups less what is none of ours or was met in a stage before. */
  private static List<List<Assignment.Assigned>> groups(
      StageRunner run, Map<String, Assignment.Assigned> open) {
    List<List<Assignment.Assigned>> groups = new ArrayList<>();
    for (List<Site> group : run.groups()) {
      List<Assignment.Assigned> members =
          group.stream().map(s -> open.remove(s.name())).filter(Objects::nonNull).toList();
      if (!members.isEmpty()) {
        groups.add(members);
      }
    }
    return groups;
  }

  /** Sites that read the same value, so that one Hessian serves all that are not solved yet. */
  private void solveGroup(
      StageRunner run,
      List<Assignment.Assigned> members,
      Optional<String> rows,
      SiteMemo solving,
      Map<String, SolvedSite> solved) {
    Site first = members.get(0).site();
    if (first.kind() != SiteKind.GATHER) {
      // also where all is solved: a resumed run must take the same steps to get the same bits
      run.reach(Set.of(first.input()));
    }
    List<Assignment.Assigned> left = members.stream().filter(a -> !isIn(solved, a)).toList();
    if (!left.isEmpty()) {
      Optional<ActivationStatistics> seen =
          first.kind() == SiteKind.GATHER
              ? Optional.empty()
              : Optional.of(run.collect(request(first.input(), rows)));
      seen.ifPresent(s -> note(run, s));
      scope.progress().begin("solve " + run.stage().name(), left.size());
      List<SiteTask> tasks = new ArrayList<>();
      for (Assignment.Assigned member : left) {
        Site site = member.site();
        Optional<Skipped> unfit =
            seen.flatMap(s -> bad.judge(site, site.input(), s, stageName(run)));
        unfit.ifPresentOrElse(
            s -> skipped.put(site.name(), s), () -> tasks.add(task(member, seen)));
      }
      solving
          .solveSharing(tasks, scope.engine(), scope.progress())
          .forEach(one -> solved.put(one.task().site().name(), one.withoutMoments()));
    }
    Map<String, SolvedSite> replaced = new LinkedHashMap<>();
    for (Assignment.Assigned member : members) {
      String name = member.site().name();
      if (!skipped.containsKey(name)) {
        replaced.put(name, Objects.requireNonNull(solved.get(name)));
      }
    }
    run.replaceWeights(weights(replaced));
  }

  private void note(StageRunner run, ActivationStatistics seen) {
    seen.findings().stream()
        .filter(f -> !f.value().isEmpty() && !f.never())
        .forEach(f -> notes.add(stageName(run) + ": " + f.value() + ": " + f.message()));
  }

  static String stageName(StageRunner run) {
    return "stage '" + run.stage().name() + "'";
  }

  private static boolean isIn(Map<String, SolvedSite> solved, Assignment.Assigned a) {
    return solved.containsKey(a.site().name());
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
