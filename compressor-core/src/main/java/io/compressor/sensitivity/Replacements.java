package io.compressor.sensitivity;

import io.compressor.graph.Site;
import io.compressor.graph.stage.Stage;
import io.compressor.graph.stage.StageCutter;
import io.compressor.graph.stage.StageTail;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.runtime.BoundSession;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.Taps;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Loss at the outputs when the constants of one layer have other values: constants are inputs in
 * buffers that are written anew for each run, and only what follows the layer is run. Nothing is
 * written as a file would be, so rounded activations do not show.
 */
public final class Replacements {
  private Replacements() {}

  /** Loss of what one site was replaced with. */
  public interface Loss {
    /**
     * @param values by name, in stored order: all of them constants that were announced for the
     *     site
     */
    double of(Map<String, float[]> values);
  }

  /**
   * Visits sites stage after stage; those whose weight is no float constant of the model, and those
   * that no stage holds, are not visited.
   *
   * @param model whose other weights stay as they are
   * @param constants by site, those that may change, the weight among them
   */
  public static void visit(
      Model model,
      List<Site> sites,
      Map<String, Set<String>> constants,
      Reference reference,
      BiConsumer<Site, Loss> visitor) {
    List<Stage> stages = StageCutter.cut(model);
    Set<String> seen = new HashSet<>();
    for (int s = 0; s < stages.size(); s++) {
      Set<String> here = new HashSet<>(stages.get(s).siteNames().values());
      List<Site> own =
          sites.stream()
              .filter(site -> here.contains(site.name()) && seen.add(site.name()))
              .filter(site -> isConstant(model, constants.getOrDefault(site.name(), Set.of())))
              .toList();
      if (own.isEmpty()) {
        continue;
      }
      Stage tail = StageTail.of(model, stages, s);
      List<Tensor> open =
          own.stream()
              .flatMap(site -> constants.getOrDefault(site.name(), Set.of()).stream())
              .distinct()
              .map(name -> model.graph().initializers().get(name))
              .toList();
      try (Tail run = new Tail(model, tail, open, reference)) {
        own.forEach(site -> visitor.accept(site, run));
      }
    }
  }

  private static boolean isConstant(Model model, Set<String> names) {
    return !names.isEmpty() && names.stream().allMatch(model.graph().initializers()::containsKey);
  }

  /** What follows one stage, that stage included. */
  private static final class Tail implements Loss, AutoCloseable {
    private final Reference reference;
    private final List<Map<String, Tensor>> feeds;
    private final Map<String, float[]> own = new LinkedHashMap<>();
    private final BoundSession session;

    Tail(Model model, Stage stage, List<Tensor> open, Reference reference) {
      this.reference = reference;
      this.feeds = feeds(model, stage, reference);
      Model part = Taps.only(stage.model(model), List.of(reference.output()));
      List<Tensor> held =
          open.stream().filter(t -> part.graph().initializers().containsKey(t.name())).toList();
      this.session =
          BoundSession.open(
              Taps.asInputs(part, held),
              held.stream().map(Tensor::name).toList(),
              Map.of(),
              reference.settings());
      for (Tensor t : held) {
        float[] values = t.toFloats();
        own.put(t.name(), values);
        session.buffer(t.name()).put(0, values);
      }
    }

    private static List<Map<String, Tensor>> feeds(Model model, Stage stage, Reference reference) {
      List<String> inner = StageTail.handedOn(stage, model);
      List<Map<String, Tensor>> feeds = new ArrayList<>();
      for (Reference.Part part : reference.parts()) {
        Map<String, Tensor> given = new LinkedHashMap<>(part.feeds());
        given.keySet().retainAll(stage.inputs());
        feeds.add(given);
      }
      if (!inner.isEmpty()) {
        try (RuntimeSession front =
            RuntimeSession.open(
                Taps.only(Taps.expose(model, inner), inner), reference.settings())) {
          for (int p = 0; p < feeds.size(); p++) {
            feeds.get(p).putAll(front.run(reference.parts().get(p).feeds(), inner));
          }
        }
      }
      return feeds;
    }

    @Override
    public double of(Map<String, float[]> values) {
      Map<String, float[]> read = new LinkedHashMap<>(values);
      read.keySet().retainAll(own.keySet()); // a constant may have no say in this output
      read.forEach((name, v) -> session.buffer(name).put(0, v));
      double loss =
          reference.distance(
              p ->
                  session
                      .forward(feeds.get(p), List.of(reference.output()))
                      .values()
                      .iterator()
                      .next());
      read.keySet().forEach(name -> session.buffer(name).put(0, own.get(name)));
      return loss;
    }

    @Override
    public void close() {
      session.close();
    }
  }
}
