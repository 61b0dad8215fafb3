package io.compressor.train.task;

import io.compressor.autodiff.LossModel;
import io.compressor.engine.Engine;
import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.file.ContentHash;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Taps;
import io.compressor.train.Trainer;
import io.compressor.train.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run: batch after batch, with looks at held-out samples; the best look wins. A loss that is not
 * finite takes everything back to the last look and halves the rates; the sixth ends the run. With
 * a checkpoint file a killed run goes on from its last look, to the same bits.
 */
public final class Training {
  private static final int MOST_FAILURES = 5;

  private final Model original;
  private final Batches batches;
  private final TrainingOptions options;
  private final Engine engine;
  private final Progress progress;

  /**
   * What came of it.
   *
   * @param model the inference form with the values of the best look
   * @param values constants that learnt, and statistics of norms, by name
   * @param curve all looks, the first before any step
   * @param best which look was the best
   * @param failures steps whose loss was not finite
   */
  public record Outcome(
      Model model,
      Map<String, Tensor> values,
      List<CurvePoint> curve,
      int best,
      int failures,
      boolean stoppedEarly) {
    public CurvePoint bestPoint() {
      return curve.get(best);
    }
  }

  /** Hears of every look, with the trainer as it is then. */
  @FunctionalInterface
  public interface Observer {
    void looked(CurvePoint point, Trainer trainer);
  }

  /**
   * @param original teaches where the objective has targets; else only names the run
   */
  public Training(
      Model original, Batches batches, TrainingOptions options, Engine engine, Progress progress) {
    this.original = original;
    this.batches = batches;
    this.options = options;
    this.engine = engine;
    this.progress = progress;
  }

  /** As {@link #run(Lesson, Observer)}, unobserved. */
  public Outcome run(Lesson lesson) {
    return run(lesson, (point, trainer) -> {});
  }

  /**
   * @throws CompressorException MODEL naming a node without gradient, DATA about labels, both
   *     before the first step; RUNTIME at the sixth loss that is not finite
   */
  public Outcome run(Lesson lesson, Observer observer) {
    LossModel withLoss = lesson.objective().over(lesson.form().training());
    try (Optionally teacher = teacher(lesson.objective());
        Trainer trainer =
            Trainer.open(
                withLoss.model(),
                withLoss.loss(),
                lesson.variables(),
                lesson.surrogates(),
                options.clip(),
                engine)) {
      return new Run(lesson, trainer, teacher, observer).go();
    }
  }

  private SessionSettings settings() {
    return SessionSettings.withThreads(engine.parallelism());
  }

  private Optionally teacher(Objective objective) {
    List<String> points = objective.taught();
    return new Optionally(
        points.isEmpty()
            ? Optional.empty()
            : Optional.of(
                RuntimeSession.open(Taps.only(Taps.expose(original, points), points), settings())));
  }

  /** A session, or none. */
  private record Optionally(Optional<RuntimeSession> session) implements AutoCloseable {
    @Override
    public void close() {
      session.ifPresent(RuntimeSession::close);
    }

    Map<String, Tensor> withTargets(Map<String, Tensor> feeds) {
      if (session.isEmpty()) {
        return feeds;
      }
      Map<String, Tensor> all = new LinkedHashMap<>(feeds);
      Map<String, Tensor> inputs = new LinkedHashMap<>(feeds);
      inputs.remove(Objective.LABELS);
      session
          .get()
          .run(inputs)
          .forEach((p, v) -> all.put(Objective.target(p), v.withName(Objective.target(p))));
      return all;
    }
  }

  /** One run's state. */
  private final class Run {
    private final Lesson lesson;
    private final Trainer trainer;
    private final Optionally teacher;
    private final Observer observer;
    private final Judge judge;
    private final Optional<Checkpoint> checkpoint;
    private Standing last;

    Run(Lesson lesson, Trainer trainer, Optionally teacher, Observer observer) {
      this.lesson = lesson;
      this.trainer = trainer;
      this.teacher = teacher;
      this.observer = observer;
      List<Map<String, Tensor>> held =
          batches.heldOut().stream().map(teacher::withTargets).toList();
      lesson.objective().labelled().ifPresent(l -> checkLabels(l, held.get(0)));
      this.judge = new Judge(lesson.objective(), held, settings());
      this.checkpoint = options.checkpoint().map(f -> new Checkpoint(f, describe()));
      this.last =
          checkpoint
              .flatMap(Checkpoint::read)
              .orElseGet(() -> look(0, Double.NaN, new ArrayList<>(), Optional.empty()));
    }

    Outcome go() {
      trainer.restore(last.trainer());
      progress.begin("train", options.steps());
      progress.advance(last.step());
      double sum = 0;
      int counted = 0;
      boolean stopped = isHopeless();
      for (int i = last.step(); i < options.steps() && !stopped; i++) {
        progress.checkCancelled();
        Map<String, Tensor> feeds = new LinkedHashMap<>(teacher.withTargets(batches.training(i)));
        feeds.putAll(lesson.inputs().at(i, options.steps()));
        double loss = trainer.step(feeds, options.schedule().factor((double) i / options.steps()));
        if (Double.isFinite(loss)) {
          sum += loss;
          counted++;
        } else {
          back(i, loss);
        }
        progress.advance(1);
        if ((i + 1) % options.every() == 0 || i + 1 == options.steps()) {
          last = look(i + 1, sum / counted, last.curve(), Optional.of(last));
          checkpoint.ifPresent(c -> c.write(last));
          stopped = isHopeless();
          sum = 0;
          counted = 0;
        }
      }
      return new Outcome(
          lesson.form().with(last.values()),
          last.values(),
          last.curve(),
          last.best(),
          trainer.failures(),
          stopped);
    }

    private boolean isHopeless() {
      return options.patience() > 0 && last.curve().size() - 1 - last.best() >= options.patience();
    }

    private void back(int step, double loss) {
      trainer.rewind(last.trainer());
      progress.note(
          "step %d: the loss was %s; back to step %d with half the learning rate"
              .formatted(step + 1, loss, last.step()));
      if (trainer.failures() > MOST_FAILURES) {
        throw new CompressorException(
            ErrorCode.RUNTIME,
            "training",
            "the loss was not finite %d times, although the learning rate was halved each time"
                .formatted(trainer.failures()),
            "lower the learning rate, or look for inputs that are not finite");
      }
    }

    private Standing look(int step, double loss, List<CurvePoint> before, Optional<Standing> so) {
      Map<String, Tensor> values = new LinkedHashMap<>();
      for (Variable v : lesson.variables()) {
        Tensor initial = v.initial();
        values.put(v.name(), Tensor.ofFloats(v.name(), initial.dims(), trainer.values(v.name())));
      }
      values.putAll(statistics(values));
      CurvePoint point =
          judge.of(lesson.form().with(values), lesson.inputs().judging(), step, loss);
      List<CurvePoint> curve = new ArrayList<>(before);
      curve.add(point);
      progress.note(point.toString());
      observer.looked(point, trainer);
      boolean better = so.map(s -> point.isBetterThan(s.bestPoint())).orElse(true);
      return new Standing(
          step,
          trainer.state(),
          curve,
          better ? curve.size() - 1 : so.orElseThrow().best(),
          better ? values : so.orElseThrow().values());
    }

    /** Of the same batches at every look. */
    private Map<String, Tensor> statistics(Map<String, Tensor> values) {
      TrainingForm form = lesson.form();
      if (form.norms().isEmpty()) {
        return Map.of();
      }
      NormStatistics found = new NormStatistics(form.norms());
      int count = Math.min(options.statistics(), batches.perEpoch());
      try (RuntimeSession session = RuntimeSession.open(form.measuring(values), settings())) {
        for (int i = 0; i < count; i++) {
          Map<String, Tensor> feeds = new LinkedHashMap<>(batches.statistics(i));
          feeds.putAll(lesson.inputs().judging());
          found.add(session.run(feeds));
        }
      }
      return found.constants();
    }

    private void checkLabels(String logits, Map<String, Tensor> batch) {
      Map<String, Tensor> feeds = new LinkedHashMap<>(batch);
      feeds.putAll(lesson.inputs().judging());
      Model alone =
          Taps.only(Taps.expose(lesson.form().inference(), List.of(logits)), List.of(logits));
      try (RuntimeSession session = RuntimeSession.open(alone, settings())) {
        feeds.keySet().retainAll(session.inputs().stream().map(v -> v.name()).toList());
        Tensor made = session.run(feeds).values().iterator().next();
        if (made.rank() != 2) {
          throw new CompressorException(
              ErrorCode.MODEL,
              logits,
              "is " + TensorType.of(made.type(), made.dims()) + "; labels need scores [n, classes]",
              "learn from the original instead: objective: distill");
        }
        batches.requireLabelsBelow(made.dims()[1]);
      }
    }

    private String describe() {
      StringBuilder all =
          new StringBuilder(batches.describe()).append("; ").append(options.steps());
      all.append(" steps, a look every ").append(options.every()).append("; ");
      for (Variable v : lesson.variables()) {
        all.append(v.name()).append(v.initial()).append(v.rate()).append(' ');
        all.append(ContentHash.of(java.util.Arrays.toString(v.initial().toFloats())));
      }
      return "%s, %d steps, %s"
          .formatted(batches.describe(), options.steps(), ContentHash.of(all.toString()));
    }
  }
}
