package io.compressor.pass.weights.learn;

import io.compressor.formats.data.Dataset;
import io.compressor.graph.stage.Stage;
import io.compressor.graph.stage.StageCutter;
import io.compressor.pass.PassScope;
import io.compressor.statistics.stage.StageRunner;
import io.compressor.train.Learner;
import io.compressor.train.Variable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The original walks through its stages beside a compressed model, whose stages learn one after the
 * other to make what the original's make. Activations of both lie in files; memory holds one stage
 * and its gradient.
 */
public final class BlockCourse implements AutoCloseable {
  private final PassScope scope;
  private final StageRunner original;
  private final boolean stacked;
  private final Distillation.Options options;

  private BlockCourse(
      PassScope scope, StageRunner original, boolean stacked, Distillation.Options options) {
    this.scope = scope;
    this.original = original;
    this.stacked = stacked;
    this.options = options;
  }

  /**
   * Stands before the first stage of the scope's model.
   *
   * @param data that both models are run on
   * @param everywhere inputs that every stage gets
   */
  public static BlockCourse start(
      PassScope scope, Dataset data, Set<String> everywhere, Distillation.Options options) {
    StageRunner original =
        StageRunner.start(
            scope.model(),
            StageCutter.cut(scope.model(), everywhere),
            data,
            scope.files().scratch(),
            scope.engine(),
            scope.progress());
    return new BlockCourse(scope, original, data.fixedBatch().isEmpty(), options);
  }

  /**
   * Lets the current stage learn.
   *
   * @param run the compressed model at the beginning of the same stage, with the weights that do
   *     not learn as they will be written
   * @param sites that learn, made from sites of {@code run}
   * @param constants that learn too
   * @param kept hears of every best state, after the sites took it over
   */
  public Distilled learn(
      StageRunner run,
      Collection<LearntSite> sites,
      List<Variable> constants,
      Consumer<Learner> kept) {
    Stage stage = run.stage();
    List<Variable> variables = new ArrayList<>();
    sites.forEach(one -> variables.addAll(one.variables()));
    variables.addAll(constants);
    Distillation.Options own =
        new Distillation.Options(
            options.steps(), options.batch(), options.checks(), options.seed() + stage.index());
    return new BlockLessons(own, stacked, scope.files().memory(), scope.engine(), scope.progress())
        .run(
            new BlockLessons.Lesson(
                stage.name(),
                run.model(),
                run.data(),
                original.outputs(),
                sites.stream().map(LearntSite::student).toList()),
            variables,
            learner -> {
              sites.forEach(one -> one.keep(learner));
              kept.accept(learner);
            });
  }

  /** The original goes on to the next stage. */
  public void finish() {
    original.finish();
  }

  /** Whether no other stage shares a weight, so that it has to serve this one alone. */
  public static boolean isOnlyHere(StageRunner run, String site) {
    return run.stages().stream().filter(s -> s.siteNames().containsValue(site)).count() == 1;
  }

  @Override
  public void close() {
    original.close();
  }
}
