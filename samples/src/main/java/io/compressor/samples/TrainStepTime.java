package io.compressor.samples;

import io.compressor.autodiff.LossGraph;
import io.compressor.autodiff.LossModel;
import io.compressor.autodiff.Losses;
import io.compressor.engine.Engine;
import io.compressor.engine.LocalEngine;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.train.Optimizer;
import io.compressor.train.Trainer;
import io.compressor.train.task.Learnables;
import io.compressor.train.task.TrainingForm;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Map.Entry;
import java.util.SplittableRandom;

/**
 * Processor time of a training step (forward, backward, SGD with momentum) on made-up pictures, to
 * compare with other frameworks on the same net; processor time, so that other work on the machine
 * disturbs it little.
 */
public final class TrainStepTime {
  private static final int WARM = 5;

  private TrainStepTime() {}

  public static void main(String[] args) {
    int batch = Integer.parseInt(args[0]);
    int steps = Integer.parseInt(args[1]);
    int threads = Integer.parseInt(args[2]);
    Map<String, Model> nets = Map.of("small", ConvNets.small(1), "resnet20", ConvNets.resNet20(1));
    for (Entry<String, Model> net : new java.util.TreeMap<>(nets).entrySet()) {
      System.out.printf(
          "%s batch %d threads %d: %.1f ms of processor time a step%n",
          net.getKey(), batch, threads, millis(net.getValue(), batch, steps, threads));
    }
  }

  static double millis(Model net, int batch, int steps, int threads) {
    TrainingForm form = TrainingForm.of(net);
    LossGraph graph = LossGraph.of(form.training(), "logits");
    String labels = graph.labels("labels");
    LossModel loss = graph.loss(Losses.crossEntropy(graph.tape(), "logits", labels));
    try (Engine engine = new LocalEngine(threads);
        Trainer trainer =
            Trainer.open(
                loss.model(),
                loss.loss(),
                Learnables.of(form.inference())
                    .variables(Optimizer.sgd(0.9, 1e-4), Optimizer.sgd(0.9, 0), 0.01),
                Map.of(),
                engine)) {
      Map<String, Tensor> feeds = feeds(net, batch);
      for (int i = 0; i < WARM; i++) {
        trainer.step(feeds, 1);
      }
      Duration before = used();
      for (int i = 0; i < steps; i++) {
        trainer.step(feeds, 1);
      }
      return used().minus(before).toNanos() / 1e6 / steps;
    }
  }

  private static Map<String, Tensor> feeds(Model net, int batch) {
    SplittableRandom random = new SplittableRandom(1);
    long[] dims =
        net.graph().requiredInputs().get(0).type().orElseThrow().dims().orElseThrow().size() == 3
            ? new long[] {batch, 28, 28}
            : new long[] {batch, 3, 32, 32};
    int size = 1;
    for (long d : dims) {
      size *= (int) d;
    }
    float[] x = new float[size];
    for (int i = 0; i < size; i++) {
      x[i] = random.nextInt(256);
    }
    long[] y = random.longs(batch, 0, 10).toArray();
    Map<String, Tensor> feeds = new LinkedHashMap<>();
    feeds.put("x", Tensor.ofFloats("x", dims, x));
    feeds.put("labels", Tensor.ofLongs("labels", new long[] {batch}, y));
    return feeds;
  }

  private static Duration used() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }
}
