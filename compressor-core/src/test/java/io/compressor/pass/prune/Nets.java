package io.compressor.pass.prune;

import io.compressor.autodiff.Gradients;
import io.compressor.engine.Engine;
import io.compressor.engine.Progress;
import io.compressor.graph.GraphEditor;
import io.compressor.graph.Graphs;
import io.compressor.graph.SiteFinder;
import io.compressor.ir.Attribute;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.recipe.PruneOptions;
import io.compressor.train.Optimizer;
import io.compressor.train.Trainer;
import io.compressor.train.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A small trained network, and how its layers are looked at. */
final class Nets {
  private static final int[] WIDTHS = {16, 48, 40, 32, 6};

  private Nets() {}

  /** x [n, 16] → four layers with Relu between → y [n, 6], trained on products of inputs. */
  static Model trained() {
    Graphs graph = Graphs.graph().input("x", -1, WIDTHS[0]).input("t", -1, 6);
    String value = "x";
    List<String> names = new ArrayList<>();
    for (int l = 1; l < WIDTHS.length; l++) {
      boolean last = l == WIDTHS.length - 1;
      String w = "w" + l;
      names.add(w);
      graph.constant(Graphs.random(w, Math.sqrt(2.0 / WIDTHS[l - 1]), WIDTHS[l - 1], WIDTHS[l]));
      String product = last ? "y" : "m" + l;
      graph.node("MatMul", product, List.of(value, w));
      if (!last) {
        graph.node("Relu", "r" + l, List.of(product));
      }
      value = "r" + l;
    }
    Model learning =
        graph
            .node("Sub", "e", List.of("y", "t"))
            .node("Mul", "q", List.of("e", "e"))
            .node("ReduceMean", "loss", List.of("q"), Attribute.of("keepdims", 0L))
            .output("loss")
            .output("y", -1, 6)
            .model();
    List<Variable> variables =
        names.stream()
            .map(
                n -> new Variable(learning.graph().initializers().get(n), Optimizer.adamW(0), 0.01))
            .toList();
    GraphEditor editor = new GraphEditor(learning);
    try (Trainer trainer =
        Trainer.open(Gradients.raised(learning), "loss", variables, Map.of(), Engine.direct())) {
      SplittableRandom random = new SplittableRandom(5);
      for (int step = 0; step < 400; step++) {
        trainer.step(batch(random, 64), 1 - step / 400.0);
      }
      for (Variable v : variables) {
        editor.setInitializer(
            v.name(), Tensor.ofFloats(v.name(), v.initial().dims(), trainer.values(v.name())));
      }
    }
    return io.compressor.runtime.Taps.only(editor.build(), List.of("y"))
        .withGraph(
            io.compressor.runtime.Taps.only(editor.build(), List.of("y"))
                .graph()
                .withInputs(learning.graph().inputs().subList(0, 1)));
  }

  private static Map<String, Tensor> batch(SplittableRandom random, int n) {
    float[] x = new float[n * 16];
    float[] t = new float[n * 6];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < 16; j++) {
        x[i * 16 + j] = (float) random.nextGaussian();
      }
      for (int j = 0; j < 6; j++) {
        t[i * 6 + j] = x[i * 16 + j] * x[i * 16 + j + 6] + x[i * 16 + j + 8];
      }
    }
    return Map.of(
        "x", Tensor.ofFloats("x", new long[] {n, 16}, x),
        "t", Tensor.ofFloats("t", new long[] {n, 6}, t));
  }

  static List<Map<String, Tensor>> feeds() {
    SplittableRandom random = new SplittableRandom(77);
    List<Map<String, Tensor>> feeds = new ArrayList<>();
    for (int b = 0; b < 4; b++) {
      feeds.add(Map.of("x", batch(random, 64).get("x")));
    }
    return feeds;
  }

  static List<PrunedWeight> weights(Model model) {
    return SiteFinder.scan(model).sites().stream().map(PrunedWeight::of).toList();
  }

  static Distortions distortions(PruneOptions.Distortion kind) {
    return new Distortions(feeds(), kind, Engine.direct(), Progress.NONE);
  }
}
