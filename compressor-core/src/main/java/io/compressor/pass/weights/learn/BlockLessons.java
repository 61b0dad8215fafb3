package io.compressor.pass.weights.learn;

import io.compressor.autodiff.Gradients;
import io.compressor.engine.Engine;
import io.compressor.engine.Progress;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.statistics.stage.StageDataset;
import io.compressor.train.Learner;
import io.compressor.train.Schedule;
import io.compressor.train.Trainer;
import io.compressor.train.Variable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Teaches one stage of a compressed model to make what the original stage makes of the original's
 * inputs, given what the compressed stages before it hand on: so each stage also makes up for what
 * the ones before it lost. Memory holds the gradient of one stage. The values with the least loss
 * on held-out samples win.
 *
 * <p>Of a value [batch, length, n] each row counts the same, relative to its own power: the few
 * tokens that gather attention are a thousand times larger than all others.
 *
 * <p>Sources: Li et al. 2021, BRECQ (arXiv 2102.05426), blocks as units; Cheng et al. 2023,
 * SignRound (arXiv 2309.05516).
 *
 * @param stacked whether the model takes more than one sample at once
 * @param memory bytes that the process may hold; empty = no limit
 */
public record BlockLessons(
    Distillation.Options options,
    boolean stacked,
    OptionalLong memory,
    Engine engine,
    Progress progress) {

  /**
   * What a stage is to learn.
   *
   * @param name of the stage, for people
   * @param model the stage; weights that do not learn are those that will be written
   * @param inputs what the compressed stages before it hand on, by sample
   * @param wanted what the original stage makes of the original's inputs, by sample
   * @param sites of {@code model} that learn
   */
  public record Lesson(
      String name, Model model, StageDataset inputs, StageDataset wanted, List<StudentSite> sites) {
    public Lesson {
      sites = List.copyOf(sites);
    }
  }

  /**
   * @param variables what learns, by name of a constant of the stage or of a site's parts
   * @param kept hears of every best state: reads its values from the learner
   * @throws io.compressor.error.CompressorException USAGE when the gradient does not fit into the
   *     memory, with the limit that would do
   */
  public Distilled run(Lesson lesson, List<Variable> variables, Consumer<Learner> kept) {
    Map<String, Tensor> sample = new LinkedHashMap<>(lesson.inputs().batch(0, 1).inputs());
    Map<String, Tensor> made = lesson.wanted().batch(0, 1).inputs();
    List<String> points =
        made.values().stream()
            .filter(t -> t.type() == ElementType.FLOAT)
            .map(Tensor::name)
            .toList();
    if (points.isEmpty()) {
      return new Distilled(0, 0, 0);
    }
    Set<String> masked = new LinkedHashSet<>(Distillation.masked(sample, made));
    masked.retainAll(points);
    Set<String> rows = new LinkedHashSet<>();
    made.values().stream().filter(t -> t.rank() == 3).forEach(t -> rows.add(t.name()));
    Student student =
        Student.of(
            Gradients.raised(lesson.model()),
            lesson.sites(),
            Map.of(),
            points,
            masked,
            Optional.of(Distillation.MASK).filter(sample::containsKey),
            rows);
    StageSamples samples =
        new StageSamples(
            lesson.inputs(),
            lesson.wanted(),
            student.targets(),
            options.batch(),
            stacked,
            options.seed());
    try (Trainer trainer = Trainer.sideBySide(student.model(), Student.LOSS, variables, engine)) {
      LearningMemory.check(lesson.name(), trainer, samples.held(0), engine.parallelism(), memory);
      return new LearningLoop(options, progress)
          .run(
              "learn " + lesson.name(),
              trainer,
              Schedule.linear(),
              samples,
              LearningMarks.none(),
              kept);
    }
  }
}
