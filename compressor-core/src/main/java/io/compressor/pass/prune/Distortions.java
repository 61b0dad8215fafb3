package io.compressor.pass.prune;

import io.compressor.engine.Engine;
import io.compressor.engine.Progress;
import io.compressor.graph.GraphEditor;
import io.compressor.graph.stage.Stage;
import io.compressor.graph.stage.StageCutter;
import io.compressor.graph.stage.StageTail;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.recipe.PruneOptions;
import io.compressor.runtime.BoundSession;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Taps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Measures what other weights do to a model's outputs. Weights are inputs in buffers that are
 * written anew for each run; where only one layer changes, only what follows it is run.
 */
final class Distortions {
  private final List<Map<String, Tensor>> feeds;
  private final PruneOptions.Distortion kind;
  private final Engine engine;
  private final Progress progress;

  Distortions(
      List<Map<String, Tensor>> feeds,
      PruneOptions.Distortion kind,
      Engine engine,
      Progress progress) {
    this.feeds = feeds;
    this.kind = kind;
    this.engine = engine;
    this.progress = progress;
  }

  /** One curve a layer: distortion of the model's outputs when that layer alone loses weights. */
  List<DistortionCurve> curves(Model model, List<PrunedWeight> weights, Saliency.Factory saliency) {
    List<int[]> levels =
        weights.stream().map(w -> DistortionCurve.levels(w.size(), w.zeros())).toList();
    Model current = with(model, weights);
    Map<String, double[]> measured =
        sweep(current, weights, weights, levels, saliency, distance(current));
    List<DistortionCurve> curves = new ArrayList<>();
    for (int i = 0; i < levels.size(); i++) {
      PrunedWeight w = weights.get(i);
      double[] errors = measured.getOrDefault(w.name(), new double[0]);
      curves.add(DistortionCurve.of(w.site().name(), w.size(), w.zeros(), levels.get(i), errors));
    }
    return curves;
  }

  /**
   * Distortion of the outputs when one layer has another number of zeros than now.
   *
   * @param weights before pruning
   * @param now the same layers as they are pruned now
   * @param levels numbers of zeros to measure for each layer
   * @return by weight, one number a level
   */
  Map<String, double[]> sweep(
      Model reference,
      List<PrunedWeight> weights,
      List<PrunedWeight> now,
      List<int[]> levels,
      Saliency.Factory saliency,
      OutputDistance distance) {
    Model current = with(reference, now);
    List<Stage> stages = StageCutter.cut(current);
    Map<String, double[]> measured = new LinkedHashMap<>();
    progress.begin("distortion curves", weights.size());
    for (int s = 0; s < stages.size(); s++) {
      Stage stage = stages.get(s);
      List<Integer> own =
          IntStream.range(0, weights.size())
              .filter(i -> stage.siteNames().containsValue(weights.get(i).site().name()))
              .filter(i -> !measured.containsKey(weights.get(i).name()))
              .boxed()
              .toList();
      if (own.isEmpty()) {
        continue;
      }
      List<PrunedWeight> context = own.stream().map(now::get).toList();
      try (Tail tail = new Tail(current, StageTail.of(current, stages, s), context, distance)) {
        for (int i : own) {
          Saliency order = saliency.of(weights.get(i));
          double[] errors = new double[levels.get(i).length];
          for (int l = 0; l < errors.length; l++) {
            errors[l] = tail.with(now.get(i), order.pruned(levels.get(i)[l]));
          }
          measured.put(weights.get(i).name(), errors);
          progress.advance(1);
        }
      }
    }
    return measured;
  }

  /** What follows one stage, with that stage's weights in buffers. */
  private final class Tail implements AutoCloseable {
    private final List<Map<String, Tensor>> handed;
    private final List<String> counted;
    private final OutputDistance distance;
    private final BoundSession session;

    Tail(Model current, Stage stage, List<PrunedWeight> own, OutputDistance distance) {
      this.handed = handed(current, stage);
      this.counted = distance.names().stream().filter(stage.outputs()::contains).toList();
      this.distance = distance;
      Model open =
          Taps.asInputs(stage.model(current), own.stream().map(PrunedWeight::tensor).toList());
      this.session =
          BoundSession.open(
              open, own.stream().map(PrunedWeight::name).toList(), Map.of(), settings());
      own.forEach(w -> session.buffer(w.name()).put(0, w.values()));
    }

    /** Distortion with other values for one weight, which then has its own again. */
    double with(PrunedWeight weight, float[] values) {
      progress.checkCancelled();
      session.buffer(weight.name()).put(0, values);
      double error = run(session, handed, counted, distance);
      session.buffer(weight.name()).put(0, weight.values());
      return error;
    }

    @Override
    public void close() {
      session.close();
    }
  }

  private double run(
      BoundSession session,
      List<Map<String, Tensor>> fed,
      List<String> counted,
      OutputDistance distance) {
    OutputDistance.Sum sum = distance.new Sum();
    for (int b = 0; b < fed.size(); b++) {
      sum.add(b, session.forward(fed.get(b), counted));
    }
    return sum.value();
  }

  /** What the tail reads, for each batch. */
  private List<Map<String, Tensor>> handed(Model current, Stage tail) {
    List<String> inner = StageTail.handedOn(tail, current);
    List<Map<String, Tensor>> handed = new ArrayList<>();
    for (Map<String, Tensor> batch : feeds) {
      Map<String, Tensor> own = new LinkedHashMap<>(batch);
      own.keySet().retainAll(tail.inputs());
      handed.add(own);
    }
    if (!inner.isEmpty()) {
      Model front = Taps.only(Taps.expose(current, inner), inner);
      try (RuntimeSession session = RuntimeSession.open(front, settings())) {
        for (int b = 0; b < feeds.size(); b++) {
          handed.get(b).putAll(session.run(feeds.get(b)));
        }
      }
    }
    return handed;
  }

  /** Several configurations of one model, each measured against the model as it is now. */
  final class Joint implements AutoCloseable {
    private final OutputDistance distance;
    private final BoundSession session;

    /**
     * @param reference what outputs are compared with
     * @param weights all that any configuration changes, of the same model
     */
    Joint(Model reference, List<PrunedWeight> weights) {
      this.distance = distance(reference);
      Model open = Taps.asInputs(reference, weights.stream().map(PrunedWeight::tensor).toList());
      this.session =
          BoundSession.open(
              open, weights.stream().map(PrunedWeight::name).toList(), Map.of(), settings());
    }

    /** Distortion with these weights, all of those that were announced. */
    double of(List<PrunedWeight> weights) {
      progress.checkCancelled();
      weights.forEach(w -> session.buffer(w.name()).put(0, w.values()));
      return run(session, feeds, distance.names(), distance);
    }

    @Override
    public void close() {
      session.close();
    }
  }

  /** Distortion of another model of the same inputs and outputs. */
  double between(Model reference, Model other) {
    OutputDistance distance = distance(reference);
    OutputDistance.Sum sum = distance.new Sum();
    try (RuntimeSession session = RuntimeSession.open(other, settings())) {
      for (int b = 0; b < feeds.size(); b++) {
        sum.add(b, session.run(feeds.get(b), distance.names()));
      }
    }
    return sum.value();
  }

  /** What outputs are compared with. */
  OutputDistance distance(Model reference) {
    List<Map<String, Tensor>> outputs = new ArrayList<>();
    try (RuntimeSession session = RuntimeSession.open(reference, settings())) {
      for (Map<String, Tensor> batch : feeds) {
        outputs.add(session.run(batch));
      }
    }
    return new OutputDistance(feeds, outputs, kind);
  }

  private SessionSettings settings() {
    return SessionSettings.withThreads(engine.parallelism());
  }

  /** The model with these weights as its constants. */
  static Model with(Model model, List<PrunedWeight> weights) {
    GraphEditor editor = new GraphEditor(model);
    weights.forEach(w -> editor.setInitializer(w.name(), w.tensor()));
    return editor.build();
  }
}
