package io.compressor.pass.maestro;

import io.compressor.graph.GraphIndex;
import io.compressor.ir.Tensor;
import io.compressor.pass.PassScope;
import io.compressor.pass.weights.learn.Distillation;
import io.compressor.pass.weights.learn.LearntConstants;
import io.compressor.recipe.MaestroOptions;
import io.compressor.solver.lowrank.Factors;
import io.compressor.solver.lowrank.LambdaSearch;
import io.compressor.solver.lowrank.RankBudget;
import io.compressor.solver.lowrank.RankCurve;
import io.compressor.train.Learner;
import io.compressor.train.Optimizer;
import io.compressor.train.Schedule;
import io.compressor.train.Trainer;
import io.compressor.train.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Ordered dropout on all components, then ranks by what they cost on held-out samples, then more
 * steps at those ranks.
 */
final class Learning {
  private static final int CHECKS = 6;

  /** Biases and gains move by this share of what factors move by. */
  private static final double CONSTANT_RATE = 0.2;

  /** Samples that curves are measured on. */
  private static final int JUDGED = 64;

  private final MaestroOptions options;
  private final long seed;
  private final PassScope scope;
  private final RankGoal goal;
  private final List<String> notes = new ArrayList<>();

  Learning(MaestroOptions options, long seed, PassScope scope, RankGoal goal) {
    this.options = options;
    this.seed = seed;
    this.scope = scope;
    this.goal = goal;
  }

  /**
   * What was learnt.
   *
   * @param all with the components of the first phase
   * @param factors by index, of weights that are cut
   * @param wholes by index [out × in], of weights that stay whole
   * @param constants biases and gains by name
   */
  record Result(
      List<LowRank> all,
      Map<Integer, Factors> factors,
      Map<Integer, float[]> wholes,
      Map<String, Tensor> constants,
      List<String> notes) {}

  /** The state after ordered dropout. */
  private record Ordered(List<LowRank> all, int[] alive, Map<String, Tensor> constants) {}

  Result run(List<LowRank> start) {
    int first = (int) Math.round(options.steps() * options.ordered());
    Ordered ordered =
        first == 0
            ? new Ordered(start, ranks(start), Map.of())
            : ordered(start, first, new ArrayList<>());
    List<Integer> ranks = goal.isSize() ? measured(ordered) : goal.ranks(curves(ordered.all()));
    return cut(ordered, atMost(ranks, ordered), options.steps() - first);
  }

  private static int[] ranks(List<LowRank> all) {
    return all.stream().mapToInt(one -> one.factors().rank()).toArray();
  }

  private static List<RankCurve> curves(List<LowRank> all) {
    return all.stream().map(LowRank::curve).toList();
  }

  /** One run, or several at ever smaller λ. */
  private Ordered ordered(List<LowRank> start, int steps, List<Double> tried) {
    if (options.halvings() == 0) {
      return ordered(start, steps, options.lambda());
    }
    Ordered found =
        LambdaSearch.halving(
                options.lambda(),
                1 + options.halvings(),
                lambda -> {
                  tried.add(lambda);
                  return ordered(start, steps, lambda);
                },
                o -> size(o),
                goal.parameters(curves(start)))
            .orElseGet(
                () -> {
                  notes.add(
                      "the first lambda, %s, left more than size allows; ranks are cut all the same"
                          .formatted(options.lambda()));
                  return ordered(start, steps, options.lambda());
                });
    notes.add("tried lambda " + tried);
    return found;
  }

  private static long size(Ordered o) {
    List<Integer> alive = java.util.Arrays.stream(o.alive()).boxed().toList();
    return RankBudget.parameters(curves(o.all()), alive);
  }

  private Ordered ordered(List<LowRank> start, int steps, double lambda) {
    FactoredStudent student = FactoredStudent.masked(scope.model(), start);
    int[] wanted = goal.ranks(curves(start)).stream().mapToInt(r -> r).toArray();
    OrderedDropout dropout =
        new OrderedDropout(student.factors(), options.sampling(), wanted, seed);
    LearntConstants vectors = vectors(Map.of());
    List<Variable> variables = new ArrayList<>(vectors.variables(rate() * CONSTANT_RATE));
    student
        .factors()
        .forEach(p -> variables.addAll(p.variables(rate(), lambda, Optimizer.adamW(0))));
    List<Factors> best = new ArrayList<>();
    int[][] alive = {dropout.alive()};
    Distillation.Outcome outcome =
        distillation(steps, seed)
            .run(
                scope.original(),
                student.model(),
                (model, loss) ->
                    new OrderedLearner(
                        trainer(student.fedMasks(model), loss, variables),
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
    note("ordered dropout", steps, outcome);
    List<LowRank> all = new ArrayList<>();
    for (int i = 0; i < start.size(); i++) {
      all.add(LowRank.of(start.get(i).site(), best.get(i).head(alive[0][i]), false));
    }
    if (lambda > 0) {
      notes.add(
          "lambda %s left %d of %d components"
              .formatted(
                  lambda,
                  java.util.Arrays.stream(alive[0]).sum(),
                  start.stream().mapToInt(LowRank::full).sum()));
    }
    return new Ordered(all, alive[0], vectors.result());
  }

  /** Ranks by what they cost on held-out samples. */
  private List<Integer> measured(Ordered ordered) {
    FactoredStudent student =
        FactoredStudent.masked(withConstants(ordered.constants()), ordered.all());
    OrderedDropout dropout =
        new OrderedDropout(student.factors(), options.sampling(), ordered.alive(), seed);
    int batches = Math.max(1, JUDGED / options.batch());
    scope.progress().begin("measure ranks", Curves.looks(ordered.all(), ordered.alive()));
    List<RankCurve> curves =
        distillation(1, seed)
            .judged(
                scope.original(),
                student.model(),
                student::fedMasks,
                dropout::judging,
                batches,
                loss ->
                    Curves.measured(
                        ordered.all(),
                        ordered.alive(),
                        dropout,
                        () -> {
                          scope.progress().checkCancelled();
                          scope.progress().advance(1);
                          return loss.getAsDouble();
                        }));
    return goal.ranks(curves);
  }

  /** Never more components than there are. */
  private static List<Integer> atMost(List<Integer> ranks, Ordered ordered) {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < ranks.size(); i++) {
      LowRank one = ordered.all().get(i);
      int alive = ordered.alive()[i];
      boolean useful = alive <= Factors.largestUseful(one.site().out(), one.site().in());
      all.add(useful ? Math.min(ranks.get(i), alive) : ranks.get(i));
    }
    return all;
  }

  private Result cut(Ordered ordered, List<Integer> ranks, int steps) {
    Map<Integer, Factors> factors = new LinkedHashMap<>();
    Map<Integer, float[]> wholes = new LinkedHashMap<>();
    FactoredStudent student =
        FactoredStudent.cut(withConstants(ordered.constants()), ordered.all(), ranks);
    LearntConstants vectors = vectors(ordered.constants());
    List<Variable> variables = new ArrayList<>(vectors.variables(rate() * CONSTANT_RATE));
    student.factors().forEach(p -> variables.addAll(p.variables(rate(), 0, Optimizer.adamW(0))));
    student.wholes().forEach(p -> variables.add(p.variable(rate(), Optimizer.adamW(0))));
    Distillation.Outcome outcome =
        distillation(steps, seed + 1)
            .run(
                scope.original(),
                student.model(),
                (model, loss) -> trainer(model, loss, variables),
                Schedule.linear(),
                learner -> {
                  keep(student, ordered.all(), ranks, learner, factors, wholes);
                  vectors.keep(learner);
                });
    note("the cut model", steps, outcome);
    Map<String, Tensor> constants = new LinkedHashMap<>(ordered.constants());
    constants.putAll(vectors.result());
    return new Result(ordered.all(), factors, wholes, constants, notes);
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

  private double rate() {
    return options.learningRate();
  }

  private Trainer trainer(io.compressor.ir.Model model, String loss, List<Variable> variables) {
    return Trainer.open(model, loss, variables, Map.of(), scope.engine());
  }

  private Distillation distillation(int steps, long order) {
    return new Distillation(
        scope.calibration().orElseThrow(),
        new Distillation.Options(steps, options.batch(), CHECKS, order),
        scope.engine(),
        scope.progress());
  }

  private LearntConstants vectors(Map<String, Tensor> now) {
    return options.constants()
        ? LearntConstants.of(new GraphIndex(scope.model()), now)
        : LearntConstants.none();
  }

  private io.compressor.ir.Model withConstants(Map<String, Tensor> constants) {
    io.compressor.graph.GraphEditor editor = new io.compressor.graph.GraphEditor(scope.model());
    constants.forEach(editor::setInitializer);
    return editor.build();
  }

  private void note(String what, int steps, Distillation.Outcome outcome) {
    notes.add(
        "%s: %d steps took the held-out distance to the original from %.3g to %.3g%s"
            .formatted(
                what,
                steps,
                outcome.before(),
                outcome.after(),
                outcome.failures() == 0
                    ? ""
                    : "; %d steps had no finite loss and were left out"
                        .formatted(outcome.failures())));
  }
}
