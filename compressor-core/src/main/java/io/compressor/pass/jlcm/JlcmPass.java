package io.compressor.pass.jlcm;

import io.compressor.autodiff.Gradients;
import io.compressor.encoding.Preference;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.Pass;
import io.compressor.pass.PassOutcome;
import io.compressor.pass.PassPlan;
import io.compressor.pass.PassScope;
import io.compressor.pass.Prepared;
import io.compressor.pass.weights.BadSites;
import io.compressor.pass.weights.Plans;
import io.compressor.pass.weights.Reordering;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.pass.weights.WholeModel;
import io.compressor.pass.weights.learn.Distillation;
import io.compressor.pass.weights.learn.Distilled;
import io.compressor.pass.weights.learn.LearntConstants;
import io.compressor.pass.weights.learn.StudentSite;
import io.compressor.recipe.JlcmOptions;
import io.compressor.solver.FoldedGrid;
import io.compressor.solver.VectorGrid;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.StatisticsRequest;
import io.compressor.train.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Jointly learnable codebooks and mappings: a k-means codebook a weight, choices by GPTQ, then
 * codebooks, choices, scales and constants learn together to make what the original makes after
 * each block.
 *
 * <p>Source: Yvinec et al., JLCM (arXiv 2309.17361). The published method learns layer by layer;
 * here all layers of a model learn at once, which lets later ones make up for earlier ones.
 *
 * @param preference what decides between written forms
 * @param seed of the order of the samples
 * @param bad what becomes of sites whose inputs were never finite
 */
public record JlcmPass(
    JlcmOptions options, Preference preference, long seed, boolean hasData, BadSites bad)
    implements Pass {
  /** Constants move by this share of what choices move by. */
  private static final double CONSTANT_RATE = 0.2;

  private static final int CHECKS = 6;

  @Override
  public String id() {
    return "jlcm";
  }

  @Override
  public Prepared prepare(Model model) {
    Model raised = Gradients.raised(whole().prepare(model).model());
    int shared = Math.max(options.weights().group(), options.vector());
    return options.reorder() && shared > 1 ? Reordering.of(raised, shared) : Prepared.asIs(raised);
  }

  @Override
  public StatisticsRequest needs(PassScope scope) {
    return whole().needs(scope);
  }

  @Override
  public PassPlan plan(PassScope scope) {
    return Plans.of(
        whole().assignment(scope, options.weights().bits()), options.weights(), hasData);
  }

  @Override
  public PassOutcome run(PassScope scope, ActivationStatistics statistics) {
    WholeModel.Solved solved = whole().solve(scope, statistics);
    Map<String, Tensor> biases = WholeModel.biases(scope, solved);
    if (!options.learn()) {
      return whole().write(scope, solved, statistics, biases, List.of());
    }
    List<String> notes = new ArrayList<>();
    Map<String, Tensor> constants = new LinkedHashMap<>(biases);
    WholeModel.Solved learnt = learn(scope, solved, constants, notes);
    return whole().write(scope, learnt, statistics, constants, notes);
  }

  private WholeModel.Solved learn(
      PassScope scope,
      WholeModel.Solved solved,
      Map<String, Tensor> constants,
      List<String> notes) {
    Map<String, Site> sites =
        SiteFinder.scan(scope.model()).sites().stream()
            .collect(Collectors.toMap(Site::name, Function.identity()));
    Map<String, LearntSite> learning = new LinkedHashMap<>();
    Map<String, Tensor> replaced = new LinkedHashMap<>(constants);
    for (SolvedSite one : solved.sites()) {
      Site site = java.util.Objects.requireNonNull(sites.get(one.task().site().name()));
      if (learns(scope, site, one)) {
        StudentSite student = StudentSite.of(site, one.weight(), one.task().smoothing());
        learning.put(site.name(), learnt(scope, one, student));
      } else {
        Tensor w = site.weight();
        replaced.put(
            w.name(), Tensor.ofFloats(w.name(), w.dims(), site.layout().toStored(plain(one))));
      }
    }
    LearntConstants vectors =
        options.constants()
            ? LearntConstants.of(new GraphIndex(scope.model()), constants)
            : LearntConstants.none();
    List<Variable> variables = new ArrayList<>();
    learning.values().forEach(one -> variables.addAll(one.variables()));
    variables.addAll(vectors.variables(options.learningRate() * CONSTANT_RATE));
    Distillation.Options how =
        new Distillation.Options(options.steps(), options.batch(), CHECKS, seed);
    Distilled outcome =
        new Distillation(scope.calibration().orElseThrow(), how, scope.engine(), scope.progress())
            .run(
                scope.model(),
                learning.values().stream().map(LearntSite::student).toList(),
                replaced,
                variables,
                trainer -> {
                  learning.values().forEach(one -> one.keep(trainer));
                  vectors.keep(trainer);
                });
    notes.add("learning " + outcome.words());
    constants.putAll(vectors.result());
    return new WholeModel.Solved(
        solved.assignment(),
        solved.sites().stream()
            .map(
                s ->
                    Optional.ofNullable(learning.get(s.task().site().name()))
                        .map(LearntSite::result)
                        .orElse(s))
            .toList());
  }

  private LearntSite learnt(PassScope scope, SolvedSite one, StudentSite student) {
    return one.weight().grid() instanceof VectorGrid
        ? LearntVectors.of(one, student, options, scope.engine())
        : LearntCodes.of(one, student, options);
  }

  /** The weight as it multiplies: smoothing taken out again. */
  private static float[] plain(SolvedSite one) {
    float[] w = one.weight().dequantize();
    one.task()
        .smoothing()
        .ifPresent(
            s -> {
              for (int i = 0; i < w.length; i++) {
                w[i] /= s[i % s.length];
              }
            });
    return w;
  }

  /** Tables behind a Gather are rounded; a constant that others compute with stays as it is. */
  private static boolean learns(PassScope scope, Site site, SolvedSite one) {
    return site.kind() != SiteKind.GATHER
        && (one.weight().grid() instanceof FoldedGrid || one.weight().grid() instanceof VectorGrid)
        && scope.model().graph().initializers().containsKey(site.weight().name());
  }

  private WholeModel whole() {
    return new WholeModel(id(), options.weights(), preference, hasData, bad, options.vector());
  }
}
