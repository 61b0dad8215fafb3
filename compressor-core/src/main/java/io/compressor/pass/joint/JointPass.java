package io.compressor.pass.joint;

import io.compressor.encoding.EncodingChoice;
import io.compressor.encoding.Preference;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.Dataset;
import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.graph.Site;
import io.compressor.graph.Skipped;
import io.compressor.ir.Model;
import io.compressor.pass.Pass;
import io.compressor.pass.PassOutcome;
import io.compressor.pass.PassPlan;
import io.compressor.pass.PassScope;
import io.compressor.pass.Prepared;
import io.compressor.pass.SearchTrace;
import io.compressor.pass.weights.Assignment;
import io.compressor.pass.weights.BadSites;
import io.compressor.pass.weights.InputMoments;
import io.compressor.pass.weights.SiteSolver;
import io.compressor.pass.weights.SiteTask;
import io.compressor.pass.weights.WholeModel;
import io.compressor.pass.weights.budget.Spending;
import io.compressor.pass.weights.budget.Split;
import io.compressor.recipe.Budget;
import io.compressor.recipe.JointOptions;
import io.compressor.recipe.PrecisionOptions;
import io.compressor.recipe.SiteRule;
import io.compressor.recipe.Treatment;
import io.compressor.solver.allocate.Allocation;
import io.compressor.solver.allocate.OptionCurve;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.StatisticsRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One budget of bytes or time over all ways to shrink each weight: what each treatment of each
 * weight loses at the outputs is measured, and the exact knapsack takes one of each so that the sum
 * is least. With rules nothing is searched.
 *
 * <p>Source: the knapsack over layers of Xu et al., RD-prune (arXiv 2308.10438), with options of
 * several methods; ours.
 *
 * @param preference what decides between written forms
 * @param bad what becomes of sites whose inputs were never finite
 */
public record JointPass(
    JointOptions options, Preference preference, BadSites bad, Budget budget, long seed)
    implements Pass {
  /** Samples that statistics are taken from. */
  private static final int OBSERVED = 256;

  @Override
  public String id() {
    return "joint";
  }

  @Override
  public Prepared prepare(Model model) {
    return whole(widest()).prepare(model);
  }

  @Override
  public StatisticsRequest needs(PassScope scope) {
    requireGoal();
    Map<String, Assignment.Assigned> union = new LinkedHashMap<>();
    for (int bits : widths()) {
      for (Assignment.Assigned a : whole(bits).assignment(scope, bits).assigned()) {
        union.putIfAbsent(a.site().name(), a);
      }
    }
    return union.isEmpty()
        ? InputMoments.request(scope.sites())
        : whole(widest()).needs(scope, new Assignment(List.copyOf(union.values()), List.of()));
  }

  @Override
  public Dataset observed(Dataset calibration) {
    return Split.spread(calibration, OBSERVED);
  }

  @Override
  public PassPlan plan(PassScope scope) {
    requireGoal();
    return new JointPlan(this, scope).plan();
  }

  @Override
  public PassOutcome run(PassScope scope, ActivationStatistics statistics) {
    requireGoal();
    if (!options.rules().isEmpty()) {
      return ruled(scope, statistics);
    }
    Spending early = new Spending(id(), List.of(), budget, scope, c -> scope.original());
    if (early.isMet()) {
      return untouched(scope, early.notes());
    }
    Menu menu = menu(scope, statistics, widths());
    Stock stock =
        Stock.of(
            scope,
            menu.offers(wanted(scope, menu)).stream().filter(o -> o.items().size() > 1).toList(),
            workshop(scope, statistics),
            budget.latency().isPresent());
    Writer writer = writer(scope, statistics, stock);
    Sample sample = Sample.of(scope, options);
    Survey survey = new Survey(scope, stock, writer, sample);
    List<OptionCurve> curves = survey.curves();
    Spending spending =
        new Spending(id(), curves, budget, scope, c -> writer.model(stock.chosen(c)));
    int[] first = spending.spend().orElseGet(() -> new int[curves.size()]);
    Refinement.Result found =
        new Refinement(scope, stock, survey, writer, budget).run(first, options.refine());
    PointRecipe recipe = new PointRecipe(options, preference, bad, seed);
    List<SearchTrace.FrontPoint> front =
        new ArrayList<>(
            new Front(scope, stock, survey, writer, recipe).of(curves, budget, options.points()));
    List<Chosen> chosen = stock.chosen(found.chosen());
    Model model = writer.model(chosen);
    Allocation sum = Allocation.of(curves, found.chosen());
    front.add(
        new SearchTrace.FrontPoint(
            OnnxWriter.size(model), sum.millis(), sum.error(), found.loss(), recipe.of(chosen)));
    List<String> notes = new ArrayList<>(spending.notes());
    notes.addAll(Summary.of(stock, sample, sum, found, options.refine()));
    return outcome(scope, menu, model, chosen, notes)
        .searched(
            new SearchTrace(
                stock.all().size() + front.size() + found.tried(),
                front.stream().map(p -> new SearchTrace.Point(p.bytes(), p.loss())).toList(),
                front));
  }

  private PassOutcome ruled(PassScope scope, ActivationStatistics statistics) {
    Menu menu = menu(scope, statistics, widths());
    Map<String, List<Treatment>> wanted = new LinkedHashMap<>();
    options.rules().forEach(r -> wanted.put(r.site(), List.of(r.treatment())));
    Set<String> known = new LinkedHashSet<>();
    scope.sites().forEach(s -> known.add(s.name()));
    List<Offer> offers = menu.offers(wanted);
    Set<String> made = new LinkedHashSet<>();
    offers.forEach(o -> made.add(o.site().name()));
    for (SiteRule rule : options.rules()) {
      if (!made.contains(rule.site())) {
        throw refused(rule, known, menu, scope);
      }
    }
    Stock stock = Stock.of(scope, offers, workshop(scope, statistics), true);
    List<Chosen> chosen = stock.chosen(new int[offers.size()]);
    Model model = writer(scope, statistics, stock).model(chosen);
    return outcome(scope, menu, model, chosen, List.of());
  }

  private CompressorException refused(
      SiteRule rule, Set<String> known, Menu menu, PassScope scope) {
    boolean exists = known.contains(rule.site());
    return new CompressorException(
        ErrorCode.RECIPE,
        "joint.rules",
        exists
            ? "'%s' cannot become %s".formatted(rule.site(), rule.treatment())
            : "no weight is called '%s'".formatted(rule.site()),
        exists
            ? scope.sites().stream()
                .filter(s -> s.name().equals(rule.site()))
                .findFirst()
                .map(s -> menu.refusal(s).reason())
                .orElse("")
            : "'inspect' lists their names; the first are " + known.stream().limit(3).toList());
  }

  private PassOutcome untouched(PassScope scope, List<String> notes) {
    List<Skipped> left =
        scope.sites().stream()
            .map(s -> new Skipped(s.name(), "the budget is met without it"))
            .toList();
    return new PassOutcome(scope.original(), List.of(), left, notes);
  }

  private PassOutcome outcome(
      PassScope scope, Menu menu, Model model, List<Chosen> chosen, List<String> notes) {
    Map<String, Chosen> byName = new LinkedHashMap<>();
    chosen.forEach(c -> byName.put(c.site().name(), c));
    List<Skipped> left = new ArrayList<>();
    for (Site site : scope.sites()) {
      Chosen one = byName.get(site.name());
      if (one == null) {
        left.add(menu.refusal(site));
      } else if (!one.isTreated()) {
        left.add(new Skipped(site.name(), "joint left it in float"));
      }
    }
    return new PassOutcome(
        model,
        chosen.stream()
            .filter(Chosen::isTreated)
            .map(c -> Decided.of(c, menu.floatMillis(c.site()), id()))
            .toList(),
        left,
        notes);
  }

  Map<String, List<Treatment>> wanted(PassScope scope, Menu menu) {
    Treatments treatments = new Treatments(options);
    Map<String, List<Treatment>> wanted = new LinkedHashMap<>();
    for (Site site : scope.sites()) {
      wanted.put(site.name(), treatments.of(site, menu.forms(site)));
    }
    return wanted;
  }

  private Menu menu(PassScope scope, ActivationStatistics statistics, Set<Integer> widths) {
    return new Menu(
        scope,
        widths,
        bits -> whole(bits).observed(scope, bits, statistics),
        (split, bits) -> whole(bits).assignment(split, bits));
  }

  private Workshop workshop(PassScope scope, ActivationStatistics statistics) {
    Map<String, SiteTask> tasks = new LinkedHashMap<>();
    for (int bits : widths()) {
      Assignment forms = whole(bits).observed(scope, bits, statistics);
      for (SiteTask task : whole(bits).tasks(forms, statistics)) {
        tasks.putIfAbsent(key(task.site(), task.choice()), task);
      }
    }
    return new Workshop(
        new SiteSolver(options.at(widest()), scope.engine()),
        statistics,
        (site, form) -> Optional.ofNullable(tasks.get(key(site, form))),
        scope.engine());
  }

  /** Inputs are divided by the same numbers whatever the width, if they are divided at all. */
  private static String key(Site site, EncodingChoice form) {
    return site.name() + "\t" + form.encoding().arithmetic();
  }

  private Writer writer(PassScope scope, ActivationStatistics statistics, Stock stock) {
    HiddenRanges hidden =
        HiddenRanges.observe(
            scope, observed(scope.calibration().orElseThrow()), options.calibration(), stock.all());
    return new Writer(whole(widest()), scope, statistics, hidden);
  }

  private void requireGoal() {
    if (options.rules().isEmpty() && budget.size().isEmpty() && budget.latency().isEmpty()) {
      throw new CompressorException(
          ErrorCode.RECIPE,
          "budget",
          "a joint search needs a budget of size or latency to spend",
          "budget: { size: 25% }, or { latency: 60% }, or both");
    }
  }

  /** Widths that anything may have, below float. */
  Set<Integer> widths() {
    Set<Integer> widths = new LinkedHashSet<>();
    if (options.rules().isEmpty()) {
      widths.addAll(options.widths());
    } else {
      options.rules().stream()
          .map(r -> r.treatment().bits())
          .filter(b -> b != PrecisionOptions.FLOAT)
          .sorted((a, b) -> b - a)
          .forEach(widths::add);
    }
    return widths;
  }

  private int widest() {
    return widths().stream().findFirst().orElse(8);
  }

  WholeModel whole(int bits) {
    return new WholeModel(id(), options.at(bits), preference, true, bad, 0);
  }
}
