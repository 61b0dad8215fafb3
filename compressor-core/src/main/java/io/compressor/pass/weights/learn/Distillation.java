package io.compressor.pass.weights.learn;

import io.compressor.autodiff.Gradients;
import io.compressor.engine.Engine;
import io.compressor.engine.Progress;
import io.compressor.formats.data.Dataset;
import io.compressor.graph.stage.Stage;
import io.compressor.graph.stage.StageCutter;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.PassScope;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Taps;
import io.compressor.statistics.RowMask;
import io.compressor.train.Learner;
import io.compressor.train.Schedule;
import io.compressor.train.Trainer;
import io.compressor.train.Variable;
import io.compressor.train.task.Batches;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Teaches a compressed model to make what the original makes after each stage, on calibration data
 * alone. The values with the least loss on held-out samples win.
 */
public final class Distillation {
  static final String MASK = "attention_mask";

  private final String what;
  private final Dataset data;
  private final Options options;
  private final Optional<Path> folder;
  private final Engine engine;
  private final Progress progress;

  /**
   * How to learn.
   *
   * @param steps batches to learn from
   * @param batch samples a step
   * @param checks how often the held-out loss is looked at
   * @param seed of the order of the samples
   */
  public record Options(int steps, int batch, int checks, long seed) {}

  /**
   * On the calibration data of a scope; a killed run goes on where its checkpoints are kept.
   *
   * @param what learns, and how, as far as it is neither in the options nor in the values at the
   *     start; two runs of a recipe that agree in all of it are one
   */
  public Distillation(PassScope scope, String what, Options options) {
    this.what = what;
    this.data = scope.calibration().orElseThrow();
    this.options = options;
    this.folder = scope.files().learning();
    this.engine = scope.engine();
    this.progress = scope.progress();
  }

  /**
   * @param original in an operator set that has gradients ({@link Gradients#raised})
   * @param replaced constants of the original that are other ones now and do not learn
   * @param variables what learns, by name of a constant of the original or of a site's parts
   * @param kept hears of every best state: reads its values from the learner
   */
  public Distilled run(
      Model original,
      List<StudentSite> sites,
      Map<String, Tensor> replaced,
      List<Variable> variables,
      Consumer<Learner> kept) {
    Batches batches = Batches.of(data, options.batch(), options.seed());
    List<String> points = points(original);
    try (RuntimeSession teacher = teacher(original, points)) {
      Map<String, Tensor> first = batches.training(0);
      Student student =
          Student.of(
              original,
              sites,
              replaced,
              points,
              masked(first, teacher.run(first)),
              Optional.of(MASK).filter(first::containsKey));
      try (Trainer trainer =
          Trainer.open(student.model(), Student.LOSS, variables, Map.of(), engine)) {
        return learn(trainer, Schedule.linear(), teacher, student, batches, kept);
      }
    }
  }

  /**
   * Teaches a model in another form to make what the original makes: at its outputs, and at the
   * ends of those blocks whose values still have the original's names and meaning.
   *
   * @param student reads the original's inputs
   * @param opener makes the learner of a model and its loss
   * @param kept hears of every best state
   */
  public Distilled run(
      Model original,
      Model student,
      BiFunction<Model, String, Learner> opener,
      Schedule schedule,
      Consumer<Learner> kept) {
    Batches batches = Batches.of(data, options.batch(), options.seed());
    Map<String, Tensor> first = batches.training(0);
    List<String> points = SharedPoints.of(original, student, points(original), first, settings());
    try (RuntimeSession teacher = teacher(original, points)) {
      Student made = withLoss(student, points, first, teacher);
      try (Learner learner = opener.apply(made.model(), Student.LOSS)) {
        return learn(learner, schedule, teacher, made, batches, kept);
      }
    }
  }

  /**
   * How far models are from the original on the held-out samples, as they are written.
   *
   * @param students forms of one model, with the same names; compared at the same values
   */
  public List<Double> distances(Model original, List<Model> students) {
    Batches batches = Batches.of(data, options.batch(), options.seed());
    Map<String, Tensor> first = batches.training(0);
    List<String> points =
        SharedPoints.of(original, students.get(0), points(original), first, settings());
    List<Double> distances = new ArrayList<>();
    try (RuntimeSession teacher = teacher(original, points)) {
      Set<String> masked = masked(first, teacher.run(first));
      Optional<String> mask = Optional.of(MASK).filter(first::containsKey);
      for (Model one : students) {
        Student made = Student.of(one, List.of(), Map.of(), points, masked, mask);
        try (RuntimeSession session = RuntimeSession.open(made.model(), settings())) {
          double sum = 0;
          for (Map<String, Tensor> feeds : batches.heldOut()) {
            Map<String, Tensor> loss = session.run(withTargets(feeds, teacher, made));
            sum += loss.values().iterator().next().toFloats()[0];
          }
          distances.add(sum / batches.heldOut().size());
        }
      }
    }
    return distances;
  }

  /**
   * Looks at a student at many settings of inputs of its own, as masks: the loss on the first
   * held-out batches, whose targets are made once.
   *
   * @param student reads the original's inputs; its own inputs are constants
   * @param opened turns the student with a loss behind it into one whose own inputs are fed
   * @param own what they are fed at the time of a look
   * @param batches how many of the held-out batches are looked at
   * @param looks gets the loss at the present setting
   */
  public <T> T judged(
      Model original,
      Model student,
      UnaryOperator<Model> opened,
      Supplier<Map<String, Tensor>> own,
      int batches,
      Function<DoubleSupplier, T> looks) {
    Batches all = Batches.of(data, options.batch(), options.seed());
    Map<String, Tensor> first = all.training(0);
    List<String> points = SharedPoints.of(original, student, points(original), first, settings());
    List<Map<String, Tensor>> feeds = new ArrayList<>();
    Student made;
    try (RuntimeSession teacher = teacher(original, points)) {
      made = withLoss(student, points, first, teacher);
      for (Map<String, Tensor> held :
          all.heldOut().subList(0, Math.min(batches, all.heldOut().size()))) {
        feeds.add(withTargets(held, teacher, made));
      }
    }
    try (RuntimeSession session = RuntimeSession.open(opened.apply(made.model()), settings())) {
      return looks.apply(
          () -> {
            double sum = 0;
            for (Map<String, Tensor> feed : feeds) {
              Map<String, Tensor> full = new LinkedHashMap<>(feed);
              full.putAll(own.get());
              sum += session.run(full).values().iterator().next().toFloats()[0];
            }
            return sum / feeds.size();
          });
    }
  }

  private static Student withLoss(
      Model student, List<String> points, Map<String, Tensor> first, RuntimeSession teacher) {
    Set<String> masked = masked(first, teacher.run(first));
    Optional<String> mask = Optional.of(MASK).filter(first::containsKey);
    return Student.of(student, List.of(), Map.of(), points, masked, mask);
  }

  private RuntimeSession teacher(Model original, List<String> points) {
    return RuntimeSession.open(Taps.only(Taps.expose(original, points), points), settings());
  }

  private SessionSettings settings() {
    return SessionSettings.withThreads(engine.parallelism());
  }

  private Distilled learn(
      Learner trainer,
      Schedule schedule,
      RuntimeSession teacher,
      Student student,
      Batches batches,
      Consumer<Learner> kept) {
    LearningLoop.Lessons lessons =
        new LearningLoop.Lessons() {
          @Override
          public List<Map<String, Tensor>> training(int step) {
            return List.of(withTargets(batches.training(step), teacher, student));
          }

          @Override
          public int held() {
            return batches.heldOut().size();
          }

          @Override
          public List<Map<String, Tensor>> held(int index) {
            return List.of(withTargets(batches.heldOut().get(index), teacher, student));
          }
        };
    String run = what + "; " + options + "; " + batches.describe();
    LearningMarks marks =
        folder.map(f -> LearningMarks.in(f, run, trainer)).orElseGet(LearningMarks::none);
    return new LearningLoop(options, progress)
        .run("learn", trainer, schedule, lessons, marks, kept);
  }

  private static Map<String, Tensor> withTargets(
      Map<String, Tensor> feeds, RuntimeSession teacher, Student student) {
    Map<String, Tensor> all = new LinkedHashMap<>(feeds);
    teacher
        .run(feeds)
        .forEach(
            (point, value) -> {
              String target = student.targets().get(point);
              if (target != null) {
                all.put(target, value.withName(target));
              }
            });
    return all;
  }

  /** What the stages hand on, and what the model returns. */
  private static List<String> points(Model original) {
    Set<String> points = new LinkedHashSet<>();
    for (Stage stage : StageCutter.cut(original)) {
      if (!stage.siteNames().isEmpty()) {
        points.addAll(stage.outputs());
      }
    }
    original.graph().outputs().forEach(v -> points.add(v.name()));
    return new ArrayList<>(points);
  }

  /** Values with a row for each position of the mask, [batch, length, width]. */
  static Set<String> masked(Map<String, Tensor> feeds, Map<String, Tensor> made) {
    Set<String> masked = new LinkedHashSet<>();
    RowMask.find(Optional.of(MASK), feeds)
        .ifPresent(
            mask ->
                made.forEach(
                    (name, value) -> {
                      if (value.rank() == 3 && mask.covers(value.dims())) {
                        masked.add(name);
                      }
                    }));
    return masked;
  }
}
