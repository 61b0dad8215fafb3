package io.compressor.pass.rsq;

import io.compressor.encoding.Preference;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.graph.Skipped;
import io.compressor.graph.rotate.Rotation;
import io.compressor.graph.rotate.RotationOptions;
import io.compressor.graph.rotate.RotationResult;
import io.compressor.ir.Model;
import io.compressor.pass.Pass;
import io.compressor.pass.PassOutcome;
import io.compressor.pass.PassPlan;
import io.compressor.pass.PassScope;
import io.compressor.pass.Prepared;
import io.compressor.pass.weights.Assignment;
import io.compressor.pass.weights.BadSites;
import io.compressor.pass.weights.Decisions;
import io.compressor.pass.weights.Plans;
import io.compressor.pass.weights.SiteMemo;
import io.compressor.pass.weights.SiteSolver;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.pass.weights.Writing;
import io.compressor.recipe.QuantizeOptions;
import io.compressor.recipe.RsqOptions;
import io.compressor.statistics.ActivationStatistics;
import java.util.ArrayList;
import java.util.List;

/**
 * RSQ: rotates the residual stream and the heads, weights calibration tokens by their importance,
 * and solves GPTQ stage by stage, each on inputs that come through what is already quantized.
 *
 * <p>Source: Sung et al., RSQ (arXiv 2503.01820). Head and embedding are quantized too, in bits of
 * their own; the authors leave them.
 *
 * @param preference what decides between written forms
 * @param seed of the rotation
 * @param bad what becomes of sites whose inputs were never finite
 */
public record RsqPass(RsqOptions options, Preference preference, long seed, BadSites bad)
    implements Pass {
  @Override
  public String id() {
    return "rsq";
  }

  @Override
  public Prepared prepare(Model model) {
    if (!options.rotate()) {
      return Prepared.asIs(model);
    }
    RotationResult rotated =
        Rotation.rotate(
            model, RotationOptions.defaults().withSeed(seed).withOnline(options.onlineHadamard()));
    return new Prepared(rotated.model(), rotated.refused(), rotated.log());
  }

  @Override
  public PassPlan plan(PassScope scope) {
    return Plans.of(assignment(scope), options.weights(), scope.hasData());
  }

  @Override
  public PassOutcome run(PassScope scope, ActivationStatistics statistics) {
    Assignment assignment = assignment(scope);
    SiteMemo memo =
        SiteMemo.of(
            scope.files(), id(), assignment, new SiteSolver(options.weights(), scope.engine()));
    StagedSolver solver = new StagedSolver(options, scope, memo, bad);
    List<SolvedSite> solved = solver.solve(assignment);
    List<Skipped> skipped = new ArrayList<>(assignment.skipped());
    skipped.addAll(solver.skipped());
    return new PassOutcome(
        Writing.weights(scope.model(), solved),
        solved.stream().map(s -> Decisions.of(s, id())).toList(),
        skipped,
        solver.notes());
  }

  /** The head has options of its own. */
  private Assignment assignment(PassScope scope) {
    GraphIndex index = new GraphIndex(scope.model());
    List<Site> heads = scope.sites().stream().filter(s -> isHead(index, s)).toList();
    List<Site> others = scope.sites().stream().filter(s -> !heads.contains(s)).toList();
    Assignment body = Assignment.of(options.weights(), preference, scope.withSites(others));
    List<Assignment.Assigned> assigned = new ArrayList<>(body.assigned());
    List<Skipped> skipped = new ArrayList<>(body.skipped());
    if (options.head() == 0) {
      heads.forEach(s -> skipped.add(new Skipped(s.name(), "the head is left as it is (head: 0)")));
    } else {
      QuantizeOptions own = options.headWeights();
      Assignment head = Assignment.of(own, preference, scope.withSites(heads));
      assigned.addAll(head.assigned());
      skipped.addAll(head.skipped());
    }
    return new Assignment(assigned, skipped);
  }

  /** What it makes is what the model returns. */
  private static boolean isHead(GraphIndex index, Site site) {
    return site.kind() != SiteKind.GATHER
        && (index.isOutput(site.output())
            || site.biasNode().stream()
                .flatMap(n -> n.outputs().stream())
                .anyMatch(index::isOutput));
  }
}
