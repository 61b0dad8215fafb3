package io.compressor.pass.quantize;

import io.compressor.encoding.Preference;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Skipped;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.Pass;
import io.compressor.pass.PassOutcome;
import io.compressor.pass.PassPlan;
import io.compressor.pass.PassScope;
import io.compressor.pass.SiteDecision;
import io.compressor.recipe.QuantizeOptions;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.StatisticsRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Quantizes weights, and activations where that makes a kernel faster: chooses a written form per
 * site, smooths inputs that share one dynamic quantization, solves every site on its own data,
 * corrects biases, writes.
 *
 * @param preference what decides between written forms
 * @param hasData whether statistics can be had
 */
public record QuantizePass(QuantizeOptions options, Preference preference, boolean hasData)
    implements Pass {

  @Override
  public String id() {
    return "quantize";
  }

  @Override
  public Model prepare(Model model) {
    return Activations.of(options, hasData).quantizesConvStatically()
        ? ConvChains.simplify(model)
        : model;
  }

  @Override
  public StatisticsRequest needs(PassScope scope) {
    return new Needs(options, Assignment.of(this, scope), scope.model()).request();
  }

  @Override
  public PassOutcome run(PassScope scope, ActivationStatistics statistics) {
    Assignment assignment = Assignment.of(this, scope);
    List<SiteTask> tasks = new TaskBuilder(options, statistics).build(assignment);
    SiteSolver solver = new SiteSolver(options, scope.engine());
    scope.progress().begin("solve", tasks.size());
    List<SolvedSite> solved =
        scope
            .engine()
            .map(
                tasks,
                task -> {
                  scope.progress().checkCancelled();
                  SolvedSite one = solver.solve(task);
                  scope.progress().advance(1);
                  return one;
                });
    return write(scope, assignment, solved, statistics);
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
    List<SiteDecision> decisions = solved.stream().map(s -> Decisions.of(s, options)).toList();
    List<Skipped> skipped = assignment.skipped();
    return new PassOutcome(whole, decisions, skipped);
  }

  @Override
  public PassPlan plan(PassScope scope) {
    return Plans.of(Assignment.of(this, scope), options, hasData);
  }
}
