package io.compressor.pass.maestro;

import io.compressor.ir.Tensor;
import io.compressor.pass.weights.learn.Distilled;
import io.compressor.pass.weights.learn.LabelLessons;
import io.compressor.pass.weights.learn.LearntConstants;
import io.compressor.recipe.MaestroOptions;
import io.compressor.solver.lowrank.Factors;
import io.compressor.train.Optimizer;
import io.compressor.train.Schedule;
import io.compressor.train.Variable;
import io.compressor.train.task.Training;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

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
    boolean labels = setting.options().objective() == MaestroOptions.Objective.LABELS;
    if (labels) {
      Training.Outcome outcome =
          LabelLessons.learn(
              setting.scope(),
              student.model(),
              variables,
              setting.options().batch(),
              steps,
              setting.seed() + 1);
      keep(student, ordered.all(), ranks, values(outcome), factors, wholes);
      vectors.keep(values(outcome));
      setting.note(steps, outcome);
    } else {
      Distilled outcome =
          setting
              .distillation("maestro, cut", steps, setting.seed() + 1)
              .run(
                  setting.scope().original(),
                  student.model(),
                  (model, loss) -> setting.trainer(model, loss, variables),
                  Schedule.linear(),
                  learner -> {
                    keep(student, ordered.all(), ranks, learner::values, factors, wholes);
                    vectors.keep(learner);
                  });
      setting.note("the cut model", steps, outcome);
    }
    Map<String, Tensor> constants = new LinkedHashMap<>(ordered.constants());
    constants.putAll(vectors.result());
    return new Learning.Result(ordered.all(), factors, wholes, constants, setting.notes());
  }

  private static Function<String, float[]> values(Training.Outcome outcome) {
    return name -> Objects.requireNonNull(outcome.values().get(name), name).toFloats();
  }

  private static void keep(
      FactoredStudent student,
      List<LowRank> all,
      List<Integer> ranks,
      Function<String, float[]> learnt,
      Map<Integer, Factors> factors,
      Map<Integer, float[]> wholes) {
    int cut = 0;
    int whole = 0;
    for (int i = 0; i < all.size(); i++) {
      if (ranks.get(i) == all.get(i).full()) {
        wholes.put(i, student.wholes().get(whole++).matrix(learnt));
      } else {
        factors.put(i, student.factors().get(cut++).factors(learnt));
      }
    }
  }
}
