package io.compressor.graph.stage;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.ValueNames;
import io.compressor.ir.Node;
import java.util.HashSet;
import java.util.Set;

/**
 * Which values of a model are worth keeping between stages. A value is <em>bound</em> when a weight
 * or another expensive node lies behind it. All others, such as masks, rotary tables and shapes,
 * follow cheaply from the model's inputs: every stage computes them anew, and they stand in the way
 * of no cut. The shape of a bound value is not bound itself: it is a handful of numbers.
 */
final class Dependence {
  private static final Set<String> EXPENSIVE =
      Set.of("LSTM", "GRU", "RNN", "Loop", "Scan", "ConvTranspose", "Resize", "GridSample", "STFT");

  /** Computing these twice gives two results. */
  private static final Set<String> RANDOM =
      Set.of(
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike",
          "Bernoulli",
          "Multinomial");

  /** Products with constants below this many elements are as cheap as the rotary tables. */
  private static final long SMALL = 1 << 16;

  private final GraphIndex index;
  private final Set<String> bound = new HashSet<>();
  private final Set<String> shapes = new HashSet<>();

  /**
   * @param siteOutputs first outputs of the nodes that read a weight
   */
  Dependence(GraphIndex index, Set<String> siteOutputs) {
    this.index = index;
    for (Node node : index.model().graph().nodes()) {
      boolean reads = ValueNames.reads(node).stream().anyMatch(bound::contains);
      boolean isSite = !node.outputs().isEmpty() && siteOutputs.contains(node.outputs().get(0));
      if (reads && (node.is("Shape") || node.is("Size"))) {
        shapes.addAll(node.outputs());
      } else if (reads || isSite || isExpensive(node)) {
        node.outputs().stream().filter(o -> !o.isEmpty()).forEach(bound::add);
      }
    }
  }

  boolean isBound(String value) {
    return bound.contains(value);
  }

  /** Whether the node runs in one stage only, rather than in each that needs it. */
  boolean isAnchored(Node node) {
    return node.outputs().stream().anyMatch(o -> bound.contains(o) || shapes.contains(o));
  }

  private boolean isExpensive(Node node) {
    if (!node.is(node.opType())) {
      return true; // of another domain: nobody knows
    }
    String op = node.opType();
    if (EXPENSIVE.contains(op) || RANDOM.contains(op)) {
      return true;
    }
    boolean product = Set.of("MatMul", "Gemm", "Conv", "Einsum").contains(op);
    return product
        && node.inputs().stream()
            .flatMap(i -> index.constant(i).stream())
            .anyMatch(t -> t.elements() >= SMALL);
  }
}
