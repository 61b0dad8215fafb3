package io.compressor.train.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Engine;
import io.compressor.engine.LocalEngine;
import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.Dataset;
import io.compressor.graph.Graphs;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.train.Optimizer;
import io.compressor.train.Schedule;
import io.compressor.train.Variable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingTest {
  @TempDir Path folder;

  private static Batches batches(Dataset data) {
    Augmentation moved = new Augmentation("x", 1, false, 0);
    return Batches.of(data, Batches.Plan.of(16, 17).labelled(Objective.LABELS).augmented(moved));
  }

  private static Lesson lesson(double rate) {
    TrainingForm form = TrainingForm.of(Spots.net());
    List<Variable> all =
        Learnables.of(form.inference())
            .variables(Optimizer.sgd(0.9, 1e-4), Optimizer.sgd(0.9, 0), rate);
    return Lesson.of(form, all, Objective.labels("logits"));
  }

  private Training.Outcome train(TrainingOptions options, Lesson lesson, Engine engine) {
    return new Training(
            Spots.net(), batches(Spots.data(folder, 400)), options, engine, Progress.NONE)
        .run(lesson);
  }

  private static TrainingOptions steps(int steps) {
    return TrainingOptions.of(steps, Schedule.cosine(0.05), 4);
  }

  @Test
  void learnsFromScratch() {
    Training.Outcome outcome = train(steps(80), lesson(0.05), Engine.direct());
    assertTrue(outcome.curve().get(0).accuracy() < 0.7, "" + outcome.curve());
    assertTrue(outcome.bestPoint().accuracy() > 0.9, "" + outcome.curve());
    assertEquals(5, outcome.curve().size());
  }

  /** The model that comes out scores what the best look said: norms have their statistics. */
  @Test
  void theModelScoresWhatItsLookSaid() {
    Training.Outcome outcome = train(steps(40), lesson(0.05), Engine.direct());
    List<Map<String, Tensor>> held = batches(Spots.data(folder, 400)).heldOut();
    CurvePoint again =
        new Judge(Objective.labels("logits"), held, SessionSettings.defaults())
            .of(outcome.model(), Map.of(), outcome.bestPoint().step(), 0);
    assertEquals(outcome.bestPoint().heldOutLoss(), again.heldOutLoss(), 0);
    assertEquals(outcome.bestPoint().accuracy(), again.accuracy(), 0);
  }

  @Test
  void sameBitsAtAnyNumberOfThreads() {
    Training.Outcome one = train(steps(20), lesson(0.05), Engine.direct());
    try (Engine two = new LocalEngine(2)) {
      assertSame(one, train(steps(20), lesson(0.05), two));
    }
  }

  /** Cancelled in the middle, as a kill would: what was not written is learnt again, bit by bit. */
  @ParameterizedTest
  @ValueSource(ints = {3, 13, 20})
  void aStoppedRunGoesOnToTheSameBits(int stop) {
    Training.Outcome whole = train(steps(20), lesson(0.05), Engine.direct());
    TrainingOptions kept = steps(20).checkpointing(folder.resolve("c"));
    Training stopped =
        new Training(
            Spots.net(),
            batches(Spots.data(folder, 400)),
            kept,
            Engine.direct(),
            new StopAfter(stop));
    if (stop < 20) {
      assertThrows(CompressorException.class, () -> stopped.run(lesson(0.05)));
    } else {
      stopped.run(lesson(0.05));
    }
    assertSame(whole, train(kept, lesson(0.05), Engine.direct()));
  }

  private static void assertSame(Training.Outcome a, Training.Outcome b) {
    assertEquals(a.curve(), b.curve());
    assertEquals(a.best(), b.best());
    assertEquals(a.values().keySet(), b.values().keySet());
    a.values()
        .forEach(
            (name, t) -> assertArrayEquals(t.toFloats(), b.values().get(name).toFloats(), 0, name));
  }

  private static final class StopAfter implements Progress {
    private long left;

    StopAfter(long left) {
      this.left = left;
    }

    @Override
    public void begin(String stage, long steps) {}

    @Override
    public void advance(long steps) {
      left -= steps;
    }

    @Override
    public boolean isCancelled() {
      return left <= 0;
    }
  }

  @Test
  void aCheckpointOfAnotherRunAndADamagedOneAreRefused() throws IOException {
    Path file = folder.resolve("c");
    train(steps(8).checkpointing(file), lesson(0.05), Engine.direct());
    CompressorException other =
        assertThrows(
            CompressorException.class,
            () -> train(steps(12).checkpointing(file), lesson(0.05), Engine.direct()));
    assertEquals(ErrorCode.USAGE, other.code());
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    CompressorException damaged =
        assertThrows(
            CompressorException.class,
            () -> train(steps(8).checkpointing(file), lesson(0.05), Engine.direct()));
    assertTrue(damaged.getMessage().contains("damaged"), damaged.getMessage());
  }

  @Test
  void aLossThatIsNotFiniteEndsTheRunAtTheSixth() {
    List<String> notes = new ArrayList<>();
    Progress heard =
        new Progress() {
          @Override
          public void begin(String stage, long steps) {}

          @Override
          public void advance(long steps) {}

          @Override
          public void note(String line) {
            notes.add(line);
          }

          @Override
          public boolean isCancelled() {
            return false;
          }
        };
    Lesson.StepInputs none = Lesson.StepInputs.none();
    Lesson broken =
        new Lesson(
            TrainingForm.of(Spots.net()),
            lesson(0.05).variables(),
            Map.of(),
            Objective.labels("logits").plus((g, in) -> g.tape().unary("Log", g.tape().number(-1))),
            none);
    Training training =
        new Training(
            Spots.net(), batches(Spots.data(folder, 400)), steps(20), Engine.direct(), heard);
    CompressorException e = assertThrows(CompressorException.class, () -> training.run(broken));
    assertEquals(ErrorCode.RUNTIME, e.code());
    assertEquals(6, notes.stream().filter(n -> n.contains("half the learning rate")).count());
  }

  /** A rate that blows up at first is halved until it holds; weights are those of the last look. */
  @Test
  void aRateTooHighIsHalvedUntilItHolds() {
    TrainingForm form = TrainingForm.frozen(Spots.net());
    List<Variable> all =
        Learnables.of(form.inference()).variables(Optimizer.sgd(0, 0), Optimizer.sgd(0, 0), 1e9);
    Lesson wild = Lesson.of(form, all, Objective.labels("logits"));
    try {
      Training.Outcome outcome = train(steps(8), wild, Engine.direct());
      assertTrue(Double.isFinite(outcome.bestPoint().heldOutLoss()));
    } catch (CompressorException e) {
      assertEquals(ErrorCode.RUNTIME, e.code());
    }
  }

  @Test
  void stopsEarlyAndClips() {
    TrainingOptions patient =
        new TrainingOptions(400, Schedule.constant(), 5, 2, 1e-9, 2, java.util.Optional.empty());
    Training.Outcome outcome = train(patient, lesson(1e-6), Engine.direct());
    assertTrue(outcome.stoppedEarly());
    assertTrue(outcome.curve().size() < 80, "" + outcome.curve().size());
    float[] before = Spots.net().graph().initializers().get("w1").toFloats();
    assertArrayEquals(before, outcome.values().get("w1").toFloats(), 1e-6f);
  }

  @Test
  void learnsFromTheOriginalWithoutLabels() {
    Training.Outcome taught = train(steps(80), lesson(0.05), Engine.direct());
    TrainingForm form = TrainingForm.of(Spots.net());
    List<Variable> all =
        Learnables.of(form.inference()).variables(Optimizer.adamW(0), Optimizer.adamW(0), 0.005);
    Objective both = Objective.distill("logits", 2).plus(0.1, Objective.match(List.of("logits")));
    Training training =
        new Training(
            taught.model(),
            Batches.of(Spots.unlabelled(folder, 300), 16, 17),
            steps(80),
            Engine.direct(),
            Progress.NONE);
    Training.Outcome outcome = training.run(Lesson.of(form, all, both));
    double first = outcome.curve().get(0).heldOutLoss();
    assertTrue(outcome.bestPoint().heldOutLoss() < 0.5 * first, "" + outcome.curve());
    assertTrue(Double.isNaN(outcome.bestPoint().accuracy()));
  }

  @Test
  void labelsAreAskedForAndChecked() {
    CompressorException none =
        assertThrows(CompressorException.class, () -> batches(Spots.unlabelled(folder, 40)));
    assertEquals(ErrorCode.DATA, none.code());
    Training many =
        new Training(
            Spots.net(),
            batches(Spots.data(folder, 100, 7)),
            steps(8),
            Engine.direct(),
            Progress.NONE);
    CompressorException out = assertThrows(CompressorException.class, () -> many.run(lesson(0.1)));
    assertEquals(ErrorCode.DATA, out.code());
    assertTrue(out.getMessage().contains("4 classes"), out.getMessage());
  }

  @Test
  void fewerSamplesThanABatchWillDo() {
    Batches few = batches(Spots.data(folder, 5));
    assertEquals(5, few.batch());
    assertEquals(1, few.perEpoch());
    Training training = new Training(Spots.net(), few, steps(4), Engine.direct(), Progress.NONE);
    assertEquals(4, training.run(lesson(0.01)).curve().get(4).step());
  }

  @Test
  void anOperatorWithoutGradientIsNamedBeforeTheFirstStep() {
    Graphs g = Graphs.graph().input("x", -1, 1, 8, 8).weight("w", 64, 4);
    g.node("Flatten", "f", List.of("x")).node("MatMul", "h", List.of("f", "w"));
    g.node("Round", "logits", List.of("h"));
    TrainingForm form = TrainingForm.of(g.output("logits", -1, 4).model(18));
    Lesson lesson =
        Lesson.of(
            form,
            Learnables.of(form.inference()).variables(Optimizer.sign(), Optimizer.sign(), 0.1),
            Objective.labels("logits"));
    Training training =
        new Training(
            form.inference(),
            batches(Spots.data(folder, 100)),
            steps(4),
            Engine.direct(),
            Progress.NONE);
    CompressorException e = assertThrows(CompressorException.class, () -> training.run(lesson));
    assertEquals(ErrorCode.MODEL, e.code());
    assertTrue(e.getMessage().contains("Round"), e.getMessage());
  }

  /** Batch statistics in training, those of the pooled batches afterwards. */
  @Test
  void normsUseTheirBatchThenAllBatches() {
    Graphs g = Graphs.graph().input("x", -1, 2);
    g.constant(Spots.ones("s", 2)).constant(Spots.zeros("b", 2));
    g.constant(Spots.zeros("m", 2)).constant(Spots.ones("v", 2));
    g.node(
        Node.of("BatchNormalization", List.of("x", "s", "b", "m", "v"), List.of("y"))
            .withName("bn"));
    Model model = g.output("y", -1, 2).model(18);
    TrainingForm form = TrainingForm.of(model);
    float[] a = {1, 10, 3, 20, 5, 60};
    float[] b = {-1, 0, 0, 0, 1, 3};
    NormStatistics pooled = new NormStatistics(form.norms());
    List<String> wanted = form.statistics();
    Model seen = io.compressor.runtime.Taps.expose(form.training(), wanted);
    try (RuntimeSession session = RuntimeSession.open(seen, SessionSettings.defaults())) {
      for (float[] x : List.of(a, b)) {
        pooled.add(session.run(Map.of("x", Tensor.ofFloats("x", new long[] {3, 2}, x)), wanted));
      }
    }
    Map<String, Tensor> found = pooled.constants();
    TrainingForm.Norm norm = form.norms().get(0);
    assertArrayEquals(new float[] {9f / 6, 93f / 6}, found.get(norm.mean()).toFloats(), 1e-5f);
    double square = (1 + 9 + 25 + 1 + 0 + 1) / 6.0 - 81.0 / 36;
    assertEquals(square, found.get(norm.variance()).toFloats()[0], 1e-5);
    assertEquals("m", norm.mean());
  }
}
