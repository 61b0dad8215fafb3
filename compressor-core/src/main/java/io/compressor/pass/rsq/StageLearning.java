package io.compressor.pass.rsq;

import io.compressor.formats.data.Dataset;
import io.compressor.graph.Site;
import io.compressor.pass.PassScope;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.pass.weights.learn.BlockCourse;
import io.compressor.pass.weights.learn.BlockGains;
import io.compressor.pass.weights.learn.CodeChoice;
import io.compressor.pass.weights.learn.Distillation;
import io.compressor.pass.weights.learn.Distilled;
import io.compressor.pass.weights.learn.LearntSite;
import io.compressor.pass.weights.learn.LearntSites;
import io.compressor.recipe.RsqOptions;
import io.compressor.statistics.stage.StageRunner;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * After a stage is solved, its choices, codebooks and scales learn to make what the original stage
 * makes of the original's inputs (as SignRound, arXiv 2309.05516, but from GPTQ's choices).
 */
final class StageLearning implements AutoCloseable {
  private static final int BATCH = 8;
  private static final int CHECKS = 10;

  /** The first rate times the steps, in gaps; falling to 0, all together take a choice one gap. */
  private static final double REACH = 2;

  /** Weights of so many bits are as good as they get. */
  private static final int FINE = 8;

  private final int steps;
  private final Optional<BlockCourse> course;
  private final BlockGains gains = new BlockGains();

  private StageLearning(int steps, Optional<BlockCourse> course) {
    this.steps = steps;
    this.course = course;
  }

  /**
   * @param data that both models are run on
   * @param everywhere inputs that every stage gets
   */
  static StageLearning of(
      RsqOptions options, PassScope scope, Dataset data, Set<String> everywhere) {
    int steps = options.learnSteps();
    Distillation.Options how =
        new Distillation.Options(Math.max(1, steps), BATCH, CHECKS, scope.seed());
    return new StageLearning(
        steps,
        steps == 0
            ? Optional.empty()
            : Optional.of(BlockCourse.start(scope, data, everywhere, how)));
  }

  boolean isOn() {
    return course.isPresent();
  }

  /** What became of the stages, for the report. */
  List<String> notes() {
    return gains.words().stream().toList();
  }

  /**
   * Lets the current stage learn.
   *
   * @param run at the beginning of the stage, with the weights that were solved
   * @param solved sites of the stage
   * @return those that are other ones now, by name
   */
  Map<String, SolvedSite> learn(StageRunner run, Map<String, SolvedSite> solved) {
    Map<String, LearntSite> learning = new LinkedHashMap<>();
    for (Site site : run.sites()) {
      SolvedSite one = solved.get(site.name());
      if (one != null
          && one.weight().grid().bits() < FINE
          && BlockCourse.isOnlyHere(run, site.name())
          && LearntSites.canLearn(run.model(), site, one)) {
        learning.put(site.name(), LearntSites.of(one, site, CodeChoice.centred(), REACH / steps));
      }
    }
    Map<String, SolvedSite> changed = new LinkedHashMap<>();
    if (!learning.isEmpty()) {
      Distilled outcome =
          course.orElseThrow().learn(run, learning.values(), List.of(), learner -> {});
      gains.add(run.stage().name(), outcome);
      if (outcome.improved()) {
        learning.forEach((name, one) -> changed.put(name, one.result("gptq, then learnt")));
      }
    }
    return changed;
  }

  /** The original goes on to the next stage. */
  void finish() {
    course.ifPresent(BlockCourse::finish);
  }

  @Override
  public void close() {
    course.ifPresent(BlockCourse::close);
  }
}
