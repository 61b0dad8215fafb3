package io.compressor.pass.maestro;

import io.compressor.ir.Tensor;
import io.compressor.pass.PassScope;
import io.compressor.recipe.MaestroOptions;
import io.compressor.solver.lowrank.Factors;
import io.compressor.solver.lowrank.RankCurve;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Ordered dropout on all components, then ranks by what they cost on held-out samples, then more
 * steps at those ranks.
 */
final class Learning {
  /** Samples that curves are measured on. */
  private static final int JUDGED = 64;

  private final Setting setting;

  Learning(MaestroOptions options, long seed, PassScope scope, RankGoal goal) {
    this.setting = new Setting(options, seed, scope, goal);
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

  Result run(List<LowRank> start) {
    MaestroOptions options = setting.options();
    int first = (int) Math.round(options.steps() * options.ordered());
    Ordered ordered =
        first == 0 ? Ordered.none(start) : new OrderedPhase(setting).run(start, first);
    List<Integer> ranks =
        setting.goal().isSize() ? measured(ordered) : setting.goal().ranks(ordered.curves());
    return new CutPhase(setting).run(ordered, atMost(ranks, ordered), options.steps() - first);
  }

  /** Ranks by what they cost on held-out samples. */
  private List<Integer> measured(Ordered ordered) {
    FactoredStudent student =
        FactoredStudent.masked(setting.withConstants(ordered.constants()), ordered.all());
    OrderedDropout dropout =
        new OrderedDropout(
            student.factors(), setting.options().sampling(), ordered.alive(), setting.seed());
    int batches = Math.max(1, JUDGED / setting.options().batch());
    setting.scope().progress().begin("measure ranks", Curves.looks(ordered.all(), ordered.alive()));
    List<RankCurve> curves =
        setting
            .distillation("measuring", 1, setting.seed())
            .judged(
                setting.scope().original(),
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
                          setting.scope().progress().checkCancelled();
                          setting.scope().progress().advance(1);
                          return loss.getAsDouble();
                        }));
    return setting.goal().ranks(curves);
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
}
