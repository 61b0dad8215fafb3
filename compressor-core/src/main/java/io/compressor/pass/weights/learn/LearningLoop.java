package io.compressor.pass.weights.learn;

import io.compressor.engine.Progress;
import io.compressor.ir.Tensor;
import io.compressor.train.Learner;
import io.compressor.train.Schedule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Steps, looks at what is held out now and then, and the state with the least loss there wins. */
final class LearningLoop {
  /** Batches, in parts, with what the original makes of them. */
  interface Lessons {
    /** The batch of a step. */
    List<Map<String, Tensor>> training(int step);

    /** Number of held-out batches. */
    int held();

    /** A held-out batch. */
    List<Map<String, Tensor>> held(int index);
  }

  private final Distillation.Options options;
  private final Progress progress;

  LearningLoop(Distillation.Options options, Progress progress) {
    this.options = options;
    this.progress = progress;
  }

  /**
   * @param name of what learns, for the progress
   * @param marks where a killed run goes on, to the same bits
   * @param kept hears of the start and of every state better than all before it
   */
  Distilled run(
      String name,
      Learner learner,
      Schedule schedule,
      Lessons lessons,
      LearningMarks marks,
      Consumer<Learner> kept) {
    kept.accept(learner);
    Optional<LearningMarks.Mark> mark = marks.read();
    mark.flatMap(m -> marks.best())
        .ifPresent(
            state -> {
              learner.restore(state);
              kept.accept(learner);
            });
    mark.ifPresent(m -> learner.restore(m.state()));
    int from = mark.map(LearningMarks.Mark::step).orElse(0);
    double before = mark.map(LearningMarks.Mark::before).orElseGet(() -> heldOut(learner, lessons));
    double best = mark.map(LearningMarks.Mark::best).orElse(before);
    progress.begin(name, options.steps());
    progress.advance(from);
    int every = Math.max(1, options.steps() / options.checks());
    for (int i = from; i < options.steps(); i++) {
      progress.checkCancelled();
      learner.step(lessons.training(i), schedule.factor((double) i / options.steps()));
      if ((i + 1) % every == 0 || i + 1 == options.steps()) {
        double now = heldOut(learner, lessons);
        if (now < best) {
          best = now;
          kept.accept(learner);
          marks.better(learner);
        }
        marks.look(i + 1, before, best, learner);
      }
      progress.advance(1);
    }
    return new Distilled(before, best, learner.failures());
  }

  private static double heldOut(Learner learner, Lessons lessons) {
    double sum = 0;
    for (int i = 0; i < lessons.held(); i++) {
      sum += learner.loss(lessons.held(i));
    }
    return sum / lessons.held();
  }
}
