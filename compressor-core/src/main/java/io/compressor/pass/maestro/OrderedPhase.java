package io.compressor.pass.maestro;

import io.compressor.pass.weights.learn.Distilled;
import io.compressor.pass.weights.learn.LearntConstants;
import io.compressor.solver.lowrank.Factors;
import io.compressor.solver.lowrank.LambdaSearch;
import io.compressor.solver.lowrank.RankBudget;
import io.compressor.train.Optimizer;
import io.compressor.train.Schedule;
import io.compressor.train.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The first phase: ordered dropout on all components, with the group lasso where it is wanted. */
record OrderedPhase(Setting setting) {
  /** One run, or several at ever smaller λ. */
  Ordered run(List<LowRank> start, int steps) {
    List<Double> tried = new ArrayList<>();
    if (setting.options().halvings() == 0) {
      return once(start, steps, setting.options().lambda());
    }
    Ordered found =
        LambdaSearch.halving(
                setting.options().lambda(),
                1 + setting.options().halvings(),
                lambda -> {
                  tried.add(lambda);
                  return once(start, steps, lambda);
                },
                OrderedPhase::size,
                setting.goal().parameters(Ordered.curves(start)))
            .orElseGet(
                () -> {
                  setting
                      .notes()
                      .add(
                          "the first lambda, %s, left more than size allows; ranks are cut all the same"
                              .formatted(setting.options().lambda()));
                  return once(start, steps, setting.options().lambda());
                });
    setting.notes().add("tried lambda " + tried);
    return found;
  }

  private static long size(Ordered o) {
    List<Integer> alive = Arrays.stream(o.alive()).boxed().toList();
    return RankBudget.parameters(o.curves(), alive);
  }

  private Ordered once(List<LowRank> start, int steps, double lambda) {
    FactoredStudent student = FactoredStudent.masked(setting.scope().model(), start);
    int[] wanted = setting.goal().ranks(Ordered.curves(start)).stream().mapToInt(r -> r).toArray();
    OrderedDropout dropout =
        new OrderedDropout(student.factors(), setting.options().sampling(), wanted, setting.seed());
    LearntConstants vectors = setting.vectors(Map.of());
    List<Variable> variables = setting.variables(vectors);
    student
        .factors()
        .forEach(p -> variables.addAll(p.variables(setting.rate(), lambda, Optimizer.adamW(0))));
    List<Factors> best = new ArrayList<>();
    int[][] alive = {dropout.alive()};
    Distilled outcome =
        setting
            .distillation("maestro, ordered, lambda " + lambda, steps, setting.seed())
            .run(
                setting.scope().original(),
                student.model(),
                (model, loss) ->
                    new OrderedLearner(
                        setting.trainer(student.fedMasks(model), loss, variables),
                        student.factors(),
                        dropout,
                        lambda > 0 ? Math.max(1, steps / 10) : 0),
                Schedule.linear(),
                learner -> {
                  best.clear();
                  student.factors().forEach(p -> best.add(p.factors(learner::values)));
                  alive[0] = dropout.alive();
                  vectors.keep(learner);
                });
    setting.note("ordered dropout", steps, outcome);
    List<LowRank> all = new ArrayList<>();
    for (int i = 0; i < start.size(); i++) {
      all.add(LowRank.of(start.get(i).site(), best.get(i).head(alive[0][i]), false));
    }
    if (lambda > 0) {
      setting
          .notes()
          .add(
              "lambda %s left %d of %d components"
                  .formatted(
                      lambda,
                      Arrays.stream(alive[0]).sum(),
                      start.stream().mapToInt(LowRank::full).sum()));
    }
    return new Ordered(all, alive[0], vectors.result());
  }
}
