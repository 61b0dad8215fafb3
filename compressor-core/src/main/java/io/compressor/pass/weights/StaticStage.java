package io.compressor.pass.weights;

import io.compressor.encoding.Arithmetic;
import io.compressor.encoding.activation.StaticInt8;
import io.compressor.encoding.activation.StaticPlan;
import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.recipe.QuantizeOptions;
import io.compressor.solver.FoldedGrid;
import io.compressor.solver.Grid;
import io.compressor.solver.UniformGrid;
import io.compressor.solver.VectorGrid;
import io.compressor.solver.activation.Uint8Parameters;
import io.compressor.statistics.ActivationStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts static int8 activations around sites whose weights are int8 behind a DequantizeLinear. */
final class StaticStage {
  private final QuantizeOptions options;
  private final ActivationStatistics statistics;

  StaticStage(QuantizeOptions options, ActivationStatistics statistics) {
    this.options = options;
    this.statistics = statistics;
  }

  static boolean isStatic(SiteTask task) {
    return task.choice().encoding().arithmetic() == Arithmetic.STATIC_INT8;
  }

  /**
   * @param model with weights written
   * @param biases corrected ones by name
   */
  Model apply(Model model, List<SolvedSite> solved, Map<String, Tensor> biases) {
    List<SolvedSite> sites = solved.stream().filter(s -> isStatic(s.task())).toList();
    StaticPlan plan =
        StaticPlan.of(new GraphIndex(model), sites.stream().map(s -> s.task().site()).toList());
    Map<String, Uint8Parameters> params = new LinkedHashMap<>();
    for (String value : plan.ranges()) {
      params.put(value, Calibration.parameters(options.calibration(), statistics, value));
    }
    GraphEditor editor = new GraphEditor(model);
    StaticInt8 writer = new StaticInt8(editor, params);
    for (SolvedSite one : sites) {
      Site site = one.task().site();
      bias(site, biases)
          .ifPresent(
              b ->
                  writer.quantizeBias(
                      site,
                      rowScales(one.weight().grid()),
                      b,
                      plan.grids().getOrDefault(site.input(), site.input())));
    }
    writer.quantizeActivations(plan);
    return editor.build();
  }

  /** The site's own bias; one in a separate Add stays in float. */
  private static Optional<float[]> bias(Site site, Map<String, Tensor> corrected) {
    if (site.biasNode().isPresent() || site.node().input(2).isEmpty()) {
      return Optional.empty();
    }
    String name = site.node().input(2).orElseThrow();
    return Optional.ofNullable(corrected.get(name)).or(site::bias).map(Tensor::toFloats);
  }

  private static float[] rowScales(Grid grid) {
    if (grid instanceof FoldedGrid folded) {
      return folded.rowScales();
    }
    if (grid instanceof VectorGrid vectors) {
      return vectors.rowScales();
    }
    return ((UniformGrid) grid).scales();
  }
}
