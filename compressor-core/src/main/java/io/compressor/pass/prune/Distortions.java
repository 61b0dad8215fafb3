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
import java.util.Objects;

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
    Model current = with(model, weights);
    OutputDistance distance = distance(current);
    List<Stage> stages = StageCutter.cut(current);
    Map<String, DistortionCurve> curves = new LinkedHashMap<>();
    progress.begin("distortion curves", weights.size());
    for (int s = 0; s < stages.size(); s++) {
      Stage stage = stages.get(s);
      List<PrunedWeight> own =
          weights.stream()
              .filter(w -> stage.siteNames().containsValue(w.site().name()))
              .filter(w -> !curves.containsKey(w.name()))
              .toList();
      if (!own.isEmpty()) {
        curves(current, StageTail.of(current, stages, s), own, distance, saliency, curves);
      }
    }
    return weights.stream().map(w -> Objects.requireNonNull(curves.get(w.name()))).toList();
  }

  private void curves(
      Model current,
      Stage tail,
      List<PrunedWeight> own,
      OutputDistance distance,
      Saliency.Factory saliency,
      Map<String, DistortionCurve> curves) {
    List<Map<String, Tensor>> handed = handed(current, tail);
    List<String> counted = distance.names().stream().filter(tail.outputs()::contains).toList();
    List<Tensor> constants = own.stream().map(PrunedWeight::tensor).toList();
    List<String> names = own.stream().map(PrunedWeight::name).toList();
    Model open = Taps.asInputs(tail.model(current), constants);
    try (BoundSession session = BoundSession.open(open, names, Map.of(), settings())) {
      own.forEach(w -> session.buffer(w.name()).put(0, w.values()));
      for (PrunedWeight weight : own) {
        Saliency order = saliency.of(weight);
        int[] levels = DistortionCurve.levels(weight.size(), weight.zeros());
        double[] measured = new double[levels.length];
        for (int l = 0; l < levels.length; l++) {
          progress.checkCancelled();
          session.buffer(weight.name()).put(0, order.pruned(levels[l]));
          measured[l] = run(session, handed, counted, distance);
        }
        session.buffer(weight.name()).put(0, weight.values());
        curves.put(
            weight.name(),
            DistortionCurve.of(
                weight.site().name(), weight.size(), weight.zeros(), levels, measured));
        progress.advance(1);
      }
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
    return sum.value(kind);
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
    return sum.value(kind);
  }

  private OutputDistance distance(Model reference) {
    List<Map<String, Tensor>> outputs = new ArrayList<>();
    try (RuntimeSession session = RuntimeSession.open(reference, settings())) {
      for (Map<String, Tensor> batch : feeds) {
        outputs.add(session.run(batch));
      }
    }
    return new OutputDistance(feeds, outputs);
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
