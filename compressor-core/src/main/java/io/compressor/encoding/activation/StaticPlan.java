package io.compressor.encoding.activation;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.ir.Node;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which activation values become uint8 when the given sites run statically quantized.
 *
 * <p>The rule is ONNX Runtime's fusion rule turned around: a Conv runs in integers only when its
 * input comes from a dequantize and its output (after a ReLU or Clip that the clamp absorbs) goes
 * into a quantize; pooling, reshapes, Add and Concat between two such values stay in integers too.
 */
public final class StaticPlan {
  private final GraphIndex index;
  private final Map<String, String> gridOf = new LinkedHashMap<>();
  private final Map<String, Site> siteOf = new HashMap<>();

  private StaticPlan(GraphIndex index) {
    this.index = index;
  }

  /** Plans for sites that compute (Conv, Gemm, MatMul); their order does not matter. */
  public static StaticPlan of(GraphIndex index, Collection<Site> sites) {
    StaticPlan plan = new StaticPlan(index);
    sites.forEach(s -> plan.siteOf.put(s.output(), s));
    for (Node node : index.model().graph().nodes()) {
      plan.visit(node);
    }
    return plan;
  }

  /**
   * Quantized values in graph order, each with the value whose grid it uses (itself, or the input
   * of a pooling or reshape that keeps codes).
   */
  public Map<String, String> grids() {
    return Collections.unmodifiableMap(gridOf);
  }

  /** Values whose range has to be known. */
  public Set<String> ranges() {
    return new java.util.LinkedHashSet<>(gridOf.values());
  }

  private void visit(Node node) {
    if (node.outputs().isEmpty()) {
      return;
    }
    String output = node.outputs().get(0);
    Site site = siteOf.get(output);
    if (site != null) {
      gridOf.putIfAbsent(site.input(), site.input());
      mark(afterClamp(site.output()));
    } else if (node.outputs().size() == 1 && allDataQuantized(node)) {
      if (IntegerOps.keepsCodes(node)) {
        gridOf.put(output, gridOf.get(node.inputs().get(0)));
      } else if (IntegerOps.hasIntegerKernel(node)) {
        mark(afterClamp(output));
      }
    }
  }

  private void mark(String value) {
    gridOf.putIfAbsent(value, value);
  }

  private boolean allDataQuantized(Node node) {
    int data = IntegerOps.dataInputs(node);
    return data > 0
        && node.inputs().size() >= data
        && node.inputs().subList(0, data).stream().allMatch(gridOf::containsKey);
  }

  private String afterClamp(String value) {
    return index
        .soleConsumer(value)
        .filter(IntegerOps::isClamp)
        .map(n -> n.outputs().get(0))
        .orElse(value);
  }
}
