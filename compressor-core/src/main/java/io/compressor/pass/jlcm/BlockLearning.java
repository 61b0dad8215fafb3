package io.compressor.pass.jlcm;

import io.compressor.formats.data.Dataset;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.ValueNames;
import io.compressor.graph.stage.Stage;
import io.compressor.graph.stage.StageCutter;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.PassScope;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.pass.weights.WholeModel;
import io.compressor.pass.weights.learn.BlockCourse;
import io.compressor.pass.weights.learn.BlockGains;
import io.compressor.pass.weights.learn.Distillation;
import io.compressor.pass.weights.learn.Distilled;
import io.compressor.pass.weights.learn.LearntConstants;
import io.compressor.pass.weights.learn.LearntSite;
import io.compressor.statistics.stage.StageRunner;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Learning block by block: each gets what the compressed blocks before it hand on, and learns to
 * make what the original block makes of the original's inputs.
 *
 * @param constantRate of biases and norm gains; 0 = they do not learn
 */
record BlockLearning(
    PassScope scope, Learners learners, Distillation.Options options, double constantRate) {

  /**
   * @param constants in: what biases are; out: what they and norm gains have become
   * @param notes gets what the report should say
   * @param method for the report
   */
  WholeModel.Solved learn(
      WholeModel.Solved solved, Map<String, Tensor> constants, List<String> notes, String method) {
    Map<String, SolvedSite> now = new LinkedHashMap<>();
    solved.sites().forEach(s -> now.put(s.task().site().name(), s));
    Dataset data = scope.calibration().orElseThrow();
    Set<String> everywhere = Set.of("attention_mask");
    Model start = withConstants(scope.model(), constants);
    BlockGains gains = new BlockGains();
    try (StageRunner run =
            StageRunner.start(
                start,
                StageCutter.cut(start, everywhere),
                data,
                scope.files().scratch(),
                scope.engine(),
                scope.progress());
        BlockCourse course = BlockCourse.start(scope, data, everywhere, options)) {
      for (; run.hasStage(); run.finish(), course.finish()) {
        stage(run, course, now, constants, gains, method);
      }
    }
    gains.words().ifPresent(notes::add);
    return new WholeModel.Solved(
        solved.assignment(),
        solved.sites().stream().map(s -> now.getOrDefault(s.task().site().name(), s)).toList());
  }

  private void stage(
      StageRunner run,
      BlockCourse course,
      Map<String, SolvedSite> now,
      Map<String, Tensor> constants,
      BlockGains gains,
      String method) {
    run.replaceWeights(weights(run, now));
    Map<String, LearntSite> learning = new LinkedHashMap<>();
    for (Site site : run.sites()) {
      SolvedSite one = now.get(site.name());
      if (one != null
          && BlockCourse.isOnlyHere(run, site.name())
          && Learners.canLearn(run.model(), site, one)) {
        learning.put(site.name(), learners.of(one, site));
      }
    }
    if (learning.isEmpty()) {
      return;
    }
    LearntConstants vectors = constantRate > 0 ? vectors(run) : LearntConstants.none();
    Distilled outcome =
        course.learn(run, learning.values(), vectors.variables(constantRate), vectors::keep);
    gains.add(run.stage().name(), outcome);
    if (outcome.improved()) {
      learning.forEach((name, one) -> now.put(name, one.result(method)));
      constants.putAll(vectors.result());
      run.replaceConstants(vectors.result());
      run.replaceWeights(weights(run, now));
    }
  }

  private Map<String, float[]> weights(StageRunner run, Map<String, SolvedSite> solved) {
    Map<String, float[]> weights = new LinkedHashMap<>();
    for (Site site : run.sites()) {
      Optional.ofNullable(solved.get(site.name()))
          .ifPresent(one -> weights.put(site.name(), one.plainWeight(scope.engine())));
    }
    return weights;
  }

  /** Vectors that no other stage reads. */
  private static LearntConstants vectors(StageRunner run) {
    Set<String> elsewhere = new HashSet<>();
    for (Stage stage : run.stages()) {
      if (stage.index() != run.stage().index()) {
        stage.nodes().forEach(n -> elsewhere.addAll(ValueNames.reads(n)));
      }
    }
    return LearntConstants.of(new GraphIndex(run.model()), Map.of(), n -> !elsewhere.contains(n));
  }

  private static Model withConstants(Model model, Map<String, Tensor> constants) {
    Map<String, Tensor> all = new LinkedHashMap<>(model.graph().initializers());
    constants.forEach((name, value) -> all.replace(name, value));
    return model.withGraph(model.graph().withInitializers(all));
  }
}
