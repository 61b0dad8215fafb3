package io.compressor.pass.maestro;

import io.compressor.ir.Tensor;
import io.compressor.pass.weights.learn.Distilled;
import io.compressor.pass.weights.learn.LearntConstants;
import io.compressor.solver.lowrank.Factors;
import io.compressor.train.Learner;
import io.compressor.train.Optimizer;
import io.compressor.train.Schedule;
import io.compressor.train.Variable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The second phase: the model as it will be written learns. */
record CutPhase(Setting setting) {
  Learning.Result run(Ordered ordered, List<Integer> ranks, int steps) {
    Map<Integer, Factors> factors = new LinkedHashMap<>();
    Map<Integer, float[]> wholes = new LinkedHashMap<>();
    FactoredStudent student =
        FactoredStudent.cut(setting.withConstants(ordered.constants()), ordered.all(), ranks);
    LearntConstants vectors = setting.vectors(ordered.constants());
    List<Variable> variables = setting.variables(vectors);
    student
        .factors()
        .forEach(p -> variables.addAll(p.variables(setting.rate(), 0, Optimizer.adamW(0))));
    student.wholes().forEach(p -> variables.add(p.variable(setting.rate(), Optimizer.adamW(0))));
    Distilled outcome =
        setting
            .distillation(steps, setting.seed() + 1)
            .run(
                setting.scope().original(),
                student.model(),
                (model, loss) -> setting.trainer(model, loss, variables),
                Schedule.linear(),
                learner -> {
                  keep(student, ordered.all(), ranks, learner, factors, wholes);
                  vectors.keep(learner);
                });
    setting.note("the cut model", steps, outcome);
    Map<String, Tensor> constants = new LinkedHashMap<>(ordered.constants());
    constants.putAll(vectors.result());
    return new Learning.Result(ordered.all(), factors, wholes, constants, setting.notes());
  }

  private static void keep(
      FactoredStudent student,
      List<LowRank> all,
      List<Integer> ranks,
      Learner learner,
      Map<Integer, Factors> factors,
      Map<Integer, float[]> wholes) {
    int cut = 0;
    int whole = 0;
    for (int i = 0; i < all.size(); i++) {
      if (ranks.get(i) == all.get(i).full()) {
        wholes.put(i, student.wholes().get(whole++).matrix(learner::values));
      } else {
        factors.put(i, student.factors().get(cut++).factors(learner::values));
      }
    }
  }
}
