package io.compressor.pass.jlcm;

import io.compressor.autodiff.Gradients;
import io.compressor.encoding.Preference;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
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
import io.compressor.pass.weights.learn.CodeChoice;
import io.compressor.pass.weights.learn.Distillation;
import io.compressor.pass.weights.learn.Distilled;
import io.compressor.pass.weights.learn.LearntConstants;
import io.compressor.pass.weights.learn.LearntSite;
import io.compressor.recipe.JlcmOptions;
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
 * here all layers of a model learn at once, which lets later ones make up for earlier ones, or
 * those of one block after the other ({@link BlockLearning}).
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
    return Plans.whole(whole(), scope, whole().assignment(scope, options.weights().bits()));
  }

  @Override
  public PassOutcome run(PassScope scope, ActivationStatistics statistics) {
    WholeModel.Solved solved = whole().solve(scope, statistics);
    Map<String, Tensor> biases = WholeModel.biases(scope, solved);
    if (options.learn() == JlcmOptions.Learn.NONE) {
      return whole().write(scope, solved, statistics, biases, List.of());
    }
    List<String> notes = new ArrayList<>();
    Map<String, Tensor> constants = new LinkedHashMap<>(biases);
    WholeModel.Solved learnt =
        options.learn() == JlcmOptions.Learn.BLOCKS
            ? blocks(scope).learn(solved, constants, notes, id())
            : learn(scope, solved, constants, notes);
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
    Learners learners = new Learners(options, CodeChoice.latent(), scope.engine());
    Map<String, LearntSite> learning = new LinkedHashMap<>();
    Map<String, Tensor> replaced = new LinkedHashMap<>(constants);
    for (SolvedSite one : solved.sites()) {
      Site site = java.util.Objects.requireNonNull(sites.get(one.task().site().name()));
      if (Learners.canLearn(scope.model(), site, one)) {
        learning.put(site.name(), learners.of(one, site));
      } else {
        Tensor w = site.weight();
        replaced.put(
            w.name(),
            Tensor.ofFloats(
                w.name(), w.dims(), site.layout().toStored(one.plainWeight(scope.engine()))));
      }
    }
    LearntConstants vectors =
        options.constants()
            ? LearntConstants.of(new GraphIndex(scope.model()), constants)
            : LearntConstants.none();
    List<Variable> variables = new ArrayList<>();
    learning.values().forEach(one -> variables.addAll(one.variables()));
    variables.addAll(vectors.variables(options.learningRate() * CONSTANT_RATE));
    Distilled outcome =
        new Distillation(scope, id() + ", " + options, how())
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
                        .map(l -> l.result(id()))
                        .orElse(s))
            .toList());
  }

  private BlockLearning blocks(PassScope scope) {
    return new BlockLearning(
        scope,
        new Learners(options, CodeChoice.centred(), scope.engine()),
        how(),
        options.constants() ? options.learningRate() * CONSTANT_RATE : 0);
  }

  private Distillation.Options how() {
    return new Distillation.Options(options.steps(), options.batch(), CHECKS, seed);
  }

  private WholeModel whole() {
    return new WholeModel(id(), options.weights(), preference, hasData, bad, options.vector());
  }
}
