package io.compressor.pass.quantize;

import io.compressor.encoding.Preference;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.SiteKind;
import io.compressor.graph.Skipped;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.Pass;
import io.compressor.pass.PassOutcome;
import io.compressor.pass.PassPlan;
import io.compressor.pass.PassScope;
import io.compressor.pass.Prepared;
import io.compressor.pass.SiteDecision;
import io.compressor.pass.weights.Activations;
import io.compressor.pass.weights.Assignment;
import io.compressor.pass.weights.BadSites;
import io.compressor.pass.weights.BiasShift;
import io.compressor.pass.weights.Decisions;
import io.compressor.pass.weights.Plans;
import io.compressor.pass.weights.SiteMemo;
import io.compressor.pass.weights.SiteSolver;
import io.compressor.pass.weights.SiteTask;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.pass.weights.Writing;
import io.compressor.recipe.QuantizeOptions;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.StatisticsRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * Quantizes weights, and activations where that makes a kernel faster: chooses a written form per
 * site, smooths inputs that share one dynamic quantization, solves every site on its own data,
 * corrects biases, writes.
 *
 * @param preference what decides between written forms
 * @param hasData whether statistics can be had
 * @param bad what becomes of sites whose inputs were never finite
 */
public record QuantizePass(
    QuantizeOptions options, Preference preference, boolean hasData, BadSites bad) implements Pass {
  /** Relative output error up to which a narrower width is taken where widths may be mixed. */
  private static final double MIXED_TOLERANCE = 0.004;

  @Override
  public String id() {
    return "quantize";
  }

  @Override
  public Prepared prepare(Model model) {
    return Prepared.asIs(
        Activations.of(options, hasData).quantizesConvStatically()
            ? ConvChains.simplify(model)
            : model);
  }

  @Override
  public StatisticsRequest needs(PassScope scope) {
    return new Needs(options, assignment(scope, options.widths().get(0)), scope.model()).request();
  }

  @Override
  public PassOutcome run(PassScope scope, ActivationStatistics statistics) {
    Map<String, SolvedSite> solved = new LinkedHashMap<>();
    List<Integer> widths = options.widths();
    Assignment assignment = observed(scope, widths.get(0), statistics);
    for (int width : widths) {
      boolean last = width == widths.get(widths.size() - 1);
      for (SolvedSite one : solve(scope, statistics, observed(scope, width, statistics), solved)) {
        if (last || isGoodEnough(one)) {
          solved.put(one.task().site().name(), one);
        }
      }
    }
    List<SolvedSite> inOrder =
        assignment.sites().stream()
            .map(s -> solved.get(s.name()))
            .filter(Objects::nonNull)
            .toList();
    return write(scope, assignment, inOrder, statistics);
  }

  private Assignment observed(PassScope scope, int width, ActivationStatistics statistics) {
    return bad.keep(assignment(scope, width), statistics, Needs::key);
  }

  private Assignment assignment(PassScope scope, int width) {
    return Assignment.of(options.withBits(width), preference, scope);
  }

  /** Solves the sites that no narrower width was good enough for. */
  private List<SolvedSite> solve(
      PassScope scope,
      ActivationStatistics statistics,
      Assignment assignment,
      Map<String, SolvedSite> solved) {
    List<SiteTask> tasks =
        new TaskBuilder(options, statistics)
            .build(assignment).stream().filter(t -> !solved.containsKey(t.site().name())).toList();
    return SiteMemo.of(scope.files(), id(), assignment, new SiteSolver(options, scope.engine()))
        .solveAll(tasks, scope.engine(), scope.progress());
  }

  private static boolean isGoodEnough(SolvedSite one) {
    OptionalDouble error =
        one.errorMeasured().isPresent() ? one.errorMeasured() : one.errorPredicted();
    return one.task().site().kind() == SiteKind.GATHER
        || error.orElse(Double.POSITIVE_INFINITY) <= MIXED_TOLERANCE;
  }

  private PassOutcome write(
      PassScope scope,
      Assignment assignment,
      List<SolvedSite> solved,
      ActivationStatistics statistics) {
    GraphIndex index = new GraphIndex(scope.model());
    Map<String, Tensor> biases = new LinkedHashMap<>();
    for (SolvedSite one : solved) {
      one.biasShift()
          .flatMap(d -> BiasShift.shifted(index, one.task().site(), d))
          .ifPresent(t -> biases.put(t.name(), t));
    }
    Model corrected = BiasShift.apply(scope.model(), biases);
    Model written = Writing.weights(corrected, solved);
    Model whole =
        assignment.staticSites().isEmpty()
            ? written
            : new StaticStage(options, statistics).apply(written, solved, biases);
    List<SiteDecision> decisions = solved.stream().map(s -> Decisions.of(s, id())).toList();
    List<Skipped> skipped = assignment.skipped();
    return new PassOutcome(whole, decisions, skipped);
  }

  @Override
  public PassPlan plan(PassScope scope) {
    return Plans.of(Assignment.of(options, preference, scope), options, hasData);
  }
}
