package io.compressor.graph.opset;

import io.compressor.graph.IrVersions;
import io.compressor.graph.Skipped;
import io.compressor.graph.Subgraphs;
import io.compressor.graph.ValueNames;
import io.compressor.ir.Function;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Raises a model to a later version of the standard operator set without changing what it computes.
 * Some encodings need operators that old models cannot import (per-channel DequantizeLinear at 13,
 * blocked at 21).
 *
 * <p>Version by version, every node (subgraphs included) goes through its row of {@link
 * ConversionTable}. Nothing happens to a model that is there already.
 */
public final class OpsetRaiser {
  /** Below this, elementwise operators broadcast by an axis attribute; such models are refused. */
  public static final long LOWEST = 7;

  /** The latest version whose changes are in the table. */
  public static final long HIGHEST = 24;

  private OpsetRaiser() {}

  /**
   * The model at {@code target} or above, or the original with the reasons why not.
   *
   * @throws IllegalArgumentException when {@code target} is above {@link #HIGHEST}
   */
  public static RaiseResult raise(Model model, long target) {
    if (target > HIGHEST) {
      throw new IllegalArgumentException(
          "target opset must be <= " + HIGHEST + " but was " + target);
    }
    boolean speaksStandard = model.opsets().containsKey("");
    if (speaksStandard && model.opset() >= target) {
      return new RaiseResult(model, List.of());
    }
    if (speaksStandard && model.opset() < LOWEST) {
      return refused(
          model,
          new Skipped(
              "opset " + model.opset(), "is older than " + LOWEST + ", the oldest we convert"));
    }
    ConversionScope scope = new ConversionScope(model);
    Graph graph = model.graph();
    for (long v = model.opset() + 1; speaksStandard && v <= target; v++) {
      graph = convert(graph, v, scope);
    }
    List<Skipped> refusals = new ArrayList<>(scope.refused());
    model.functions().forEach(f -> checkFunction(f, target).ifPresent(refusals::add));
    return refusals.isEmpty()
        ? new RaiseResult(finish(model, graph, scope, target), List.of())
        : new RaiseResult(model, refusals);
  }

  private static RaiseResult refused(Model model, Skipped why) {
    return new RaiseResult(model, List.of(why));
  }

  private static Graph convert(Graph graph, long version, ConversionScope scope) {
    List<Node> nodes = new ArrayList<>(graph.nodes().size());
    for (Node node : graph.nodes()) {
      Node now = Subgraphs.map(node, g -> convert(g, version, scope));
      Optional<Conversion> conversion = ConversionTable.find(now, version);
      if (conversion.isPresent() && (now.input(0).isEmpty() || now.outputs().isEmpty())) {
        nodes.addAll(scope.refuse(now, "lacks an input or an output"));
      } else if (conversion.isPresent()) {
        nodes.addAll(conversion.get().convert(now, scope));
      } else {
        nodes.add(now);
      }
    }
    return graph.withNodes(nodes);
  }

  private static Model finish(Model model, Graph graph, ConversionScope scope, long target) {
    Map<String, Tensor> initializers = new LinkedHashMap<>(graph.initializers());
    initializers.putAll(scope.constants());
    Model raised = IrVersions.raise(model, IrVersions.forOpset(target)).withOpset("", target);
    Graph whole = graph.withInitializers(initializers).withInputs(raised.graph().inputs());
    List<Function> functions = model.functions().stream().map(f -> withOpset(f, target)).toList();
    return new Model(
        raised.irVersion(), raised.opsets(), whole, functions, model.metadata(), model.extra());
  }

  /** Function bodies cannot share our constants, so only bodies that need no change are raised. */
  private static Optional<Skipped> checkFunction(Function function, long target) {
    long from = function.opsets().getOrDefault("", target);
    for (Node node : function.nodes()) {
      if (!ValueNames.subgraphs(node).isEmpty() && from < target) {
        return Optional.of(new Skipped(function.name(), "local function with subgraphs"));
      }
      for (long v = from + 1; v <= target; v++) {
        if (ConversionTable.find(node, v).isPresent()) {
          return Optional.of(
              new Skipped(
                  function.name(),
                  "local function holds %s, which changes at opset %d"
                      .formatted(node.opType(), v)));
        }
      }
    }
    return Optional.empty();
  }

  private static Function withOpset(Function function, long target) {
    if (!function.opsets().containsKey("")) {
      return function;
    }
    Map<String, Long> opsets = new LinkedHashMap<>(function.opsets());
    opsets.merge("", target, Math::max);
    return new Function(
        function.name(),
        function.domain(),
        function.inputs(),
        function.outputs(),
        function.nodes(),
        opsets,
        function.extra());
  }
}
