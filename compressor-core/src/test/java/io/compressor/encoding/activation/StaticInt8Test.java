package io.compressor.encoding.activation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.encoding.Emission;
import io.compressor.encoding.EmitOptions;
import io.compressor.encoding.Encodings;
import io.compressor.engine.Engine;
import io.compressor.formats.onnx.ModelVerifier;
import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Graphs;
import io.compressor.graph.Ort;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.ir.Attribute;
import io.compressor.ir.Bytes;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.ir.Value;
import io.compressor.runtime.OptimizedGraph;
import io.compressor.runtime.SessionSettings;
import io.compressor.solver.GridFitter;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.RoundToNearest;
import io.compressor.solver.UniformGrid;
import io.compressor.solver.activation.ActivationRange;
import io.compressor.solver.activation.Uint8Parameters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Conv → Relu → MaxPool → Conv, quantized with the ranges of the very data it is run on. */
class StaticInt8Test {
  private static final QuantSpec INT8 = new QuantSpec(8, 0, true, false);
  private final Model original = model();
  private final Map<String, Tensor> feeds = Ort.feeds(original);
  private final Map<String, Uint8Parameters> grids = new LinkedHashMap<>();
  private final Model quantized = quantize();

  @Test
  void theChainRunsInIntegerKernels() {
    Map<String, Integer> kernels =
        OptimizedGraph.of(quantized, SessionSettings.withThreads(1)).histogram();
    int integer =
        kernels.getOrDefault("QLinearConv", 0)
            + kernels.getOrDefault("com.microsoft.QLinearConv", 0); // channels last
    assertEquals(2, integer, kernels.toString());
    assertEquals(0, kernels.getOrDefault("Conv", 0), kernels.toString());
    assertEquals(0, kernels.getOrDefault("Relu", 0), kernels.toString());
    assertEquals(1, kernels.getOrDefault("QuantizeLinear", 0), kernels.toString());
    assertEquals(1, kernels.getOrDefault("DequantizeLinear", 0), kernels.toString());
  }

  @Test
  void inputsAndOutputsKeepTheirNames() {
    assertEquals(List.of(), ModelVerifier.verify(quantized));
    assertEquals(names(original.graph().inputs()), names(quantized.graph().inputs()));
    assertEquals(names(original.graph().outputs()), names(quantized.graph().outputs()));
  }

  @Test
  void theAnswerIsWithinTheGrids() {
    float[] expected = Ort.run(original, feeds).get(0);
    float[] actual = Ort.run(quantized, feeds).get(0);
    double bound = bound();
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], bound, "element " + i);
    }
    assertTrue(bound < 4 * absMax(expected), "the bound says nothing: " + bound);
    // independent roundings add up like a random walk: far below the worst case
    assertTrue(Ort.difference(expected, actual) < 0.05);
  }

  /**
   * |Δy| ≤ Σ|w||Δx| + Σ|Δw||x| layer by layer, half a step each for x and w, one more half step for
   * each output; ReLU and MaxPool never widen an error.
   */
  private double bound() {
    List<Site> sites = SiteFinder.scan(original).sites();
    double error = grids.get("x").scale() / 2.0;
    double largest = absMax(feeds.get("x").toFloats());
    for (Site site : sites) {
      QuantizedWeight q = solve(site);
      float[] w = site.weightMatrix();
      float[] scales = ((UniformGrid) q.grid()).scales();
      double worst = 0;
      double reach = 0;
      for (int o = 0; o < site.out(); o++) {
        double sum = 0;
        for (int i = 0; i < site.in(); i++) {
          sum += Math.abs(w[o * site.in() + i]);
        }
        double rounding = scales[o] / 2.0 * site.in();
        worst = Math.max(worst, (sum + rounding) * error + rounding * largest);
        reach = Math.max(reach, sum * largest);
      }
      String grid = site.output().equals("c1") ? "r1" : "y";
      error = worst + grids.get(grid).scale();
      largest = grids.get(grid).scale() * 255.0;
    }
    return error;
  }

  private Model quantize() {
    List<Site> sites = SiteFinder.scan(original).sites();
    StaticPlan plan = StaticPlan.of(new GraphIndex(original), sites);
    Emission emission = new Emission(original);
    Map<String, float[]> scales = new LinkedHashMap<>();
    for (Site site : sites) {
      QuantizedWeight q = solve(site);
      scales.put(site.name(), ((UniformGrid) q.grid()).scales());
      Encodings.INT8_QDQ.emit(emission, site, q, EmitOptions.none());
    }
    Model seen =
        original.withGraph(
            original
                .graph()
                .withOutputs(
                    plan.ranges().stream()
                        .filter(v -> !v.equals("x"))
                        .map(v -> new Value(v, Optional.empty(), Bytes.empty()))
                        .toList()));
    List<float[]> values = Ort.run(seen, feeds);
    int i = 0;
    for (String value : plan.ranges()) {
      float[] v = value.equals("x") ? feeds.get("x").toFloats() : values.get(i++);
      grids.put(value, Uint8Parameters.of(range(v), 256));
    }
    GraphEditor editor = new GraphEditor(emission.build());
    StaticInt8 writer = new StaticInt8(editor, grids);
    for (Site site : sites) {
      writer.quantizeBias(
          site,
          scales.get(site.name()),
          site.bias().orElseThrow().toFloats(),
          plan.grids().get(site.input()));
    }
    writer.quantizeActivations(plan);
    return editor.build();
  }

  private static QuantizedWeight solve(Site site) {
    return RoundToNearest.quantize(
        site.weightMatrix(),
        GridFitter.PUBLISHED.fit(
            site.weightMatrix(), site.out(), site.in(), INT8, Engine.direct()));
  }

  private static Model model() {
    Attribute pads = Attribute.of("pads", new long[] {1, 1, 1, 1});
    return Graphs.graph()
        .input("x", 2, 4, 8, 8)
        .constant(Graphs.random("w1", 0.2, 8, 4, 3, 3))
        .constant(Graphs.random("b1", 0.2, 8))
        .constant(Graphs.random("w2", 0.1, 4, 8, 3, 3))
        .constant(Graphs.random("b2", 0.2, 4))
        .node("Conv", "c1", List.of("x", "w1", "b1"), pads)
        .node("Relu", "r1", List.of("c1"))
        .node(
            "MaxPool",
            "p",
            List.of("r1"),
            Attribute.of("kernel_shape", new long[] {2, 2}),
            Attribute.of("strides", new long[] {2, 2}))
        .node("Conv", "y", List.of("p", "w2", "b2"), pads)
        .output("y", 2, 4, 4, 4)
        .model();
  }

  private static ActivationRange range(float[] values) {
    double low = values[0];
    double high = values[0];
    for (float v : values) {
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
    return new ActivationRange(low, high);
  }

  private static double absMax(float[] values) {
    double most = 0;
    for (float v : values) {
      most = Math.max(most, Math.abs(v));
    }
    return most;
  }

  private static List<String> names(List<Value> values) {
    return values.stream().map(Value::name).toList();
  }
}
