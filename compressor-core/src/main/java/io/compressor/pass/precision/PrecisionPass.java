package io.compressor.pass.precision;

import io.compressor.encoding.Preference;
import io.compressor.evaluate.PairedResult;
import io.compressor.formats.data.Dataset;
import io.compressor.graph.Skipped;
import io.compressor.ir.Model;
import io.compressor.pass.Pass;
import io.compressor.pass.PassOutcome;
import io.compressor.pass.PassPlan;
import io.compressor.pass.PassScope;
import io.compressor.pass.Prepared;
import io.compressor.pass.weights.Assignment;
import io.compressor.pass.weights.BadSites;
import io.compressor.pass.weights.Plans;
import io.compressor.pass.weights.WholeModel;
import io.compressor.pass.weights.budget.Spending;
import io.compressor.pass.weights.budget.Split;
import io.compressor.recipe.Budget;
import io.compressor.recipe.PrecisionOptions;
import io.compressor.solver.mixed.LevelSearch;
import io.compressor.solver.mixed.PairModel;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.StatisticsRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gives each weight as few bits as a limit on the loss of quality allows: sensitivities with terms
 * between layers order the weights, a bisection on held-out samples says how far down the order one
 * may go, every candidate being scored as it would be written.
 *
 * <p>Source: Schaefer et al., "Augmenting Hessians with Inter-Layer Dependencies for
 * Mixed-Precision Post-Training Quantization" (arXiv 2306.04879); our reading.
 *
 * @param preference what decides between written forms
 * @param bad what becomes of sites whose inputs were never finite
 * @param metric named by the step or the gate
 * @param maxDrop of the metric, in its own units
 * @param budget of bytes or time; where it has either, they are spent on the least predicted loss
 *     and nothing is searched
 */
public record PrecisionPass(
    PrecisionOptions options,
    Preference preference,
    BadSites bad,
    Optional<String> metric,
    double maxDrop,
    Budget budget)
    implements Pass {

  /** Samples that statistics are taken from. */
  private static final int OBSERVED = 256;

  @Override
  public String id() {
    return "precision";
  }

  @Override
  public Prepared prepare(Model model) {
    return whole(widest()).prepare(model);
  }

  @Override
  public StatisticsRequest needs(PassScope scope) {
    Map<String, Assignment.Assigned> union = new LinkedHashMap<>();
    for (int bits : options.widths()) {
      for (Assignment.Assigned a : whole(bits).assignment(scope, bits).assigned()) {
        union.putIfAbsent(a.site().name(), a);
      }
    }
    return whole(widest()).needs(scope, new Assignment(List.copyOf(union.values()), List.of()));
  }

  /** Ranges and moments settle long before accuracies do. */
  @Override
  public Dataset observed(Dataset calibration) {
    return Split.spread(calibration, OBSERVED);
  }

  @Override
  public PassPlan plan(PassScope scope) {
    if (budget.size().isPresent()) {
      return new SizePlan(this::whole, options).of(scope, budget.size().get());
    }
    return Plans.of(
        whole(widest()).assignment(scope, widest()), options.at(widest()), scope.hasData());
  }

  @Override
  public PassOutcome run(PassScope scope, ActivationStatistics statistics) {
    Study study = study(scope, statistics);
    Choices choices = study.choices();
    Useful useful = new Useful(choices, options);
    boolean[][] levels = isLimited() ? choices.all() : useful.levels();
    PairModel model = study.sensitivities().model(levels);
    if (isLimited()) {
      return spent(scope, study, model);
    }
    List<int[]> orders = useful.orders(model, levels, scope.seed());
    try (HeldOut heldOut = heldOut(scope, study)) {
      Search search = new Search(study.emitter(), heldOut, maxDrop, scope.progress());
      LevelSearch.Result found =
          LevelSearch.run(
              choices.sites().size(),
              orders,
              options.polish() ? choices.sites().size() : 0,
              search::passes,
              search::passes);
      return outcome(study, model, search, found);
    }
  }

  /**
   * Option curves, and random configurations to check them on; nothing is searched.
   *
   * @param configurations may be 0
   */
  public Analysis analyze(PassScope scope, ActivationStatistics statistics, int configurations) {
    Study study = study(scope, statistics);
    return Analysis.of(study, study.loss(), configurations);
  }

  private Study study(PassScope scope, ActivationStatistics statistics) {
    return Study.of(scope, statistics, options, this::whole);
  }

  private boolean isLimited() {
    return budget.size().isPresent() || budget.latency().isPresent();
  }

  private PassOutcome spent(PassScope scope, Study study, PairModel model) {
    Spending spending =
        new Spending(
            id(),
            study.choices().curves(model),
            budget,
            scope,
            levels -> study.emitter().model(levels));
    Optional<int[]> levels = spending.spend();
    if (levels.isEmpty()) {
      List<Skipped> left =
          scope.sites().stream()
              .map(s -> new Skipped(s.name(), "the budget is met without it"))
              .toList();
      return new PassOutcome(scope.original(), List.of(), left, spending.notes());
    }
    try (HeldOut heldOut = heldOut(scope, study)) {
      Search search = new Search(study.emitter(), heldOut, maxDrop, scope.progress());
      boolean good = search.passes(levels.get());
      LevelSearch.Result found =
          new LevelSearch.Result(
              java.util.Arrays.stream(levels.get()).boxed().toList(), good, 1, 1, 0, 0);
      PassOutcome outcome = outcome(study, model, search, found);
      List<String> notes = new ArrayList<>(outcome.warnings());
      notes.addAll(spending.notes());
      return new PassOutcome(
          outcome.model(), outcome.decisions(), outcome.skipped(), notes, outcome.search());
    }
  }

  private HeldOut heldOut(PassScope scope, Study study) {
    return new HeldOut(
        scope.original(),
        study.split().heldOut(),
        HeldOut.metric(metric, study.split().heldOut(), scope.original()),
        scope.seed(),
        Study.settings(scope));
  }

  private PassOutcome outcome(
      Study study, PairModel model, Search search, LevelSearch.Result found) {
    Choices choices = study.choices();
    int[] levels = found.levels().stream().mapToInt(Integer::intValue).toArray();
    List<Skipped> left = new ArrayList<>(choices.skipped());
    for (int i = 0; i < levels.length; i++) {
      if (levels[i] == 0) {
        left.add(new Skipped(choices.sites().get(i).name(), "precision left it in float"));
      }
    }
    List<String> notes = new ArrayList<>(study.notes());
    notes.addAll(study.sensitivities().notes());
    Optional<PairedResult> score =
        java.util.Arrays.stream(levels).allMatch(l -> l == 0)
            ? Optional.empty()
            : Optional.of(search.score(levels));
    notes.addAll(
        Summary.of(choices, levels, model, found, score, maxDrop, study.sensitivities(), options));
    return study.emitter().outcome(levels, left, notes).searched(search.trace());
  }

  private int widest() {
    return options.widths().get(0);
  }

  private WholeModel whole(int bits) {
    return new WholeModel(id(), options.at(bits), preference, true, bad, 0);
  }
}
