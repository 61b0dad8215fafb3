package io.compressor.samples;

import io.compressor.engine.Engine;
import io.compressor.engine.LocalEngine;
import io.compressor.engine.Progress;
import io.compressor.formats.data.DataSource;
import io.compressor.formats.data.Dataset;
import io.compressor.formats.data.Datasets;
import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.formats.onnx.WriteOptions;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.train.Optimizer;
import io.compressor.train.Schedule;
import io.compressor.train.task.Augmentation;
import io.compressor.train.task.Batches;
import io.compressor.train.task.Learnables;
import io.compressor.train.task.Lesson;
import io.compressor.train.task.Objective;
import io.compressor.train.task.Training;
import io.compressor.train.task.TrainingForm;
import io.compressor.train.task.TrainingOptions;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Trains a net that is built in code on labelled pictures, with plain ONNX Runtime. From there the
 * {@code reste} pass makes it binary:
 *
 * <pre>
 * TrainFromScratchSample small train.yaml test.yaml fashion.onnx
 * compressor compress fashion.onnx -o binary.onnx --preset binary --data train.yaml
 * </pre>
 */
public final class TrainFromScratchSample {
  private static final int JUDGED = 250;

  private TrainFromScratchSample() {}

  /**
   * How to train.
   *
   * @param epochs times that all pictures are seen
   * @param rate learning rate of SGD with momentum 0.9 at its highest; falls along a cosine
   * @param pad pixels that pictures are moved by
   */
  public record Plan(int epochs, int batch, double rate, int pad, boolean flip, long seed) {
    /** For the small net: a few minutes on two cores. */
    public static Plan small() {
      return new Plan(10, 64, 0.05, 2, true, 17);
    }
  }

  /** A trained model, and the share of test pictures that it gets right. */
  public record Trained(Model model, double accuracy, Training.Outcome outcome) {}

  public static void main(String[] args) {
    if (args.length < 4) {
      System.err.println(
          "NET(small|resnet20) TRAIN TEST OUT.onnx [epochs batch rate pad flip seed [checkpoint]]");
      return;
    }
    Plan plan =
        args.length < 10
            ? Plan.small()
            : new Plan(
                Integer.parseInt(args[4]),
                Integer.parseInt(args[5]),
                Double.parseDouble(args[6]),
                Integer.parseInt(args[7]),
                Boolean.parseBoolean(args[8]),
                Long.parseLong(args[9]));
    Model net =
        args[0].equals("small") ? ConvNets.small(plan.seed()) : ConvNets.resNet20(plan.seed());
    long began = System.nanoTime();
    Trained trained =
        train(
            net,
            Path.of(args[1]),
            Path.of(args[2]),
            plan,
            args.length > 10 ? Path.of(args[10]) : Path.of(args[3] + ".checkpoint"),
            lines(System.err));
    OnnxWriter.write(trained.model(), Path.of(args[3]), WriteOptions.auto());
    System.out.printf(
        "%s: %.2f %% of the test pictures right after %d epochs, %.1f minutes%n",
        args[3], 100 * trained.accuracy(), plan.epochs(), (System.nanoTime() - began) / 60e9);
  }

  /**
   * @param checkpoint where a killed run goes on
   */
  public static Trained train(
      Model net, Path train, Path test, Plan plan, Path checkpoint, Progress progress) {
    try (Engine engine = new LocalEngine(threads());
        Dataset pictures = Datasets.open(DataSource.of(train), net.graph().requiredInputs());
        Dataset unseen = Datasets.open(DataSource.of(test), net.graph().requiredInputs())) {
      String input = net.graph().requiredInputs().get(0).name();
      Batches batches =
          Batches.of(
              pictures,
              Batches.Plan.of(plan.batch(), plan.seed())
                  .holdingOut(20, 2000)
                  .labelled(Objective.LABELS)
                  .augmented(new Augmentation(input, plan.pad(), plan.flip(), 0)));
      TrainingForm form = TrainingForm.of(net);
      Lesson lesson =
          Lesson.of(
              form,
              Learnables.of(form.inference())
                  .variables(Optimizer.sgd(0.9, 5e-4), Optimizer.sgd(0.9, 0), plan.rate()),
              Objective.labels("logits"));
      TrainingOptions options =
          TrainingOptions.of(
                  plan.epochs() * batches.perEpoch(), Schedule.cosine(0.05), plan.epochs())
              .checkpointing(checkpoint);
      Training.Outcome outcome = new Training(net, batches, options, engine, progress).run(lesson);
      return new Trained(outcome.model(), accuracy(outcome.model(), unseen), outcome);
    }
  }

  /** Share of samples whose label has the largest score. */
  public static double accuracy(Model model, Dataset data) {
    long[] labels = data.labels().orElseThrow();
    int right = 0;
    try (RuntimeSession session =
        RuntimeSession.open(model, SessionSettings.withThreads(threads()))) {
      for (int from = 0; from < data.size(); from += JUDGED) {
        int to = Math.min(data.size(), from + JUDGED);
        Tensor logits =
            Objects.requireNonNull(
                session.run(data.batch(from, to).inputs()).values().iterator().next());
        float[] scores = logits.toFloats();
        int classes = scores.length / (to - from);
        for (int i = 0; i < to - from; i++) {
          int best = 0;
          for (int c = 1; c < classes; c++) {
            best = scores[i * classes + c] > scores[i * classes + best] ? c : best;
          }
          right += best == labels[from + i] ? 1 : 0;
        }
      }
    }
    return (double) right / data.size();
  }

  private static int threads() {
    return Integer.getInteger("threads", Runtime.getRuntime().availableProcessors());
  }

  private static Progress lines(PrintStream to) {
    return new Progress() {
      @Override
      public void begin(String stage, long steps) {
        to.println(stage + " (" + steps + " steps)");
      }

      @Override
      public void advance(long steps) {}

      @Override
      public void note(String line) {
        to.println("  " + line);
      }

      @Override
      public boolean isCancelled() {
        return false;
      }
    };
  }
}
