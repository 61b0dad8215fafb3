package io.compressor.pass.weights;

import io.compressor.encoding.EncodingChoice;
import io.compressor.encoding.Preference;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.SiteKind;
import io.compressor.graph.Skipped;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.PassOutcome;
import io.compressor.pass.PassScope;
import io.compressor.pass.Prepared;
import io.compressor.pass.SiteDecision;
import io.compressor.recipe.QuantizeOptions;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.StatisticsRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * Quantizes all sites of a model on statistics of the model as it is: chooses a written form per
 * site, smooths inputs that share one dynamic quantization, solves every site on its own data,
 * corrects biases, writes. A pass that goes on from there puts itself between {@link #solve} and
 * {@link #write}.
 *
 * @param id of the pass
 * @param preference what decides between written forms
 * @param hasData whether statistics can be had
 * @param bad what becomes of sites whose inputs were never finite
 * @param vector weights that a codeword of a learnt codebook stands for, wherever the written form
 *     can hold codebooks; 0 = levels are evenly spaced
 */
public record WholeModel(
    String id,
    QuantizeOptions options,
    Preference preference,
    boolean hasData,
    BadSites bad,
    int vector) {
  /** Relative output error up to which a narrower width is taken where widths may be mixed. */
  private static final double MIXED_TOLERANCE = 0.004;

  /**
   * Solved sites.
   *
   * @param assignment what was to be solved, and what is left alone
   * @param sites in the order of the assignment
   */
  public record Solved(Assignment assignment, List<SolvedSite> sites) {}

  public Prepared prepare(Model model) {
    return Prepared.asIs(
        Activations.of(options, hasData).quantizesConvStatically()
            ? ConvChains.simplify(model)
            : model);
  }

  public StatisticsRequest needs(PassScope scope) {
    return new Needs(options, assignment(scope, options.widths().get(0)), scope.model(), false)
        .request();
  }

  /** The same for forms of which any may be left out in the end. */
  public StatisticsRequest needs(PassScope scope, Assignment assignment) {
    return new Needs(options, assignment, scope.model(), true).request();
  }

  /** Which form each site takes at a width. */
  public Assignment assignment(PassScope scope, int width) {
    Assignment chosen = Assignment.of(options.withBits(width), preference, scope);
    return vector > 0
        ? new Assignment(
            chosen.assigned().stream().map(this::withCodebook).toList(), chosen.skipped())
        : chosen;
  }

  private Assignment.Assigned withCodebook(Assignment.Assigned a) {
    EncodingChoice c = a.choice();
    if (a.site().kind() == SiteKind.GATHER || !c.encoding().holdsCodebooks()) {
      return a;
    }
    return new Assignment.Assigned(
        a.site(), vector == 1 ? c.withCodebook() : c.withVectors(a.site(), vector));
  }

  public Solved solve(PassScope scope, ActivationStatistics statistics) {
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
    return new Solved(
        assignment,
        assignment.sites().stream()
            .map(s -> solved.get(s.name()))
            .filter(Objects::nonNull)
            .toList());
  }

  /** The same without sites that were never observed. */
  public Assignment observed(PassScope scope, int width, ActivationStatistics statistics) {
    return bad.keep(assignment(scope, width), statistics, Needs::key);
  }

  /** What is to be solved, with what is known of each site's inputs. */
  public List<SiteTask> tasks(Assignment assignment, ActivationStatistics statistics) {
    return new TaskBuilder(options, statistics).build(assignment);
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
    return SiteMemo.of(scope.files(), id, assignment, new SiteSolver(options, scope.engine()))
        .solveAll(tasks, scope.engine(), scope.progress());
  }

  private static boolean isGoodEnough(SolvedSite one) {
    OptionalDouble error =
        one.errorMeasured().isPresent() ? one.errorMeasured() : one.errorPredicted();
    return one.task().site().kind() == SiteKind.GATHER
        || error.orElse(Double.POSITIVE_INFINITY) <= MIXED_TOLERANCE;
  }

  /** Biases as their corrections make them, by name. */
  public static Map<String, Tensor> biases(PassScope scope, Solved solved) {
    GraphIndex index = new GraphIndex(scope.model());
    Map<String, Tensor> biases = new LinkedHashMap<>();
    for (SolvedSite one : solved.sites()) {
      one.biasShift()
          .flatMap(d -> BiasShift.shifted(index, one.task().site(), d))
          .ifPresent(t -> biases.put(t.name(), t));
    }
    return biases;
  }

  /**
   * @param constants other constants that change, biases among them, by name
   */
  public PassOutcome write(
      PassScope scope,
      Solved solved,
      ActivationStatistics statistics,
      Map<String, Tensor> constants,
      List<String> warnings) {
    Model corrected = BiasShift.apply(scope.model(), constants);
    Model written = Writing.weights(corrected, solved.sites());
    Model whole =
        solved.assignment().staticSites().isEmpty()
            ? written
            : new StaticStage(options, statistics).apply(written, solved.sites(), constants);
    List<SiteDecision> decisions = solved.sites().stream().map(s -> Decisions.of(s, id)).toList();
    List<Skipped> skipped = solved.assignment().skipped();
    return new PassOutcome(whole, decisions, skipped, warnings);
  }
}
