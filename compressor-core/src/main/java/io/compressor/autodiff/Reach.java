package io.compressor.autodiff;

import io.compressor.ir.Graph;
import io.compressor.ir.Node;
import java.util.HashSet;
import java.util.Set;

/**
 * Float values that depend on a parameter.
 *
 * @param values the parameters included
 */
record Reach(Set<String> values) {
  static Reach of(Graph graph, GradientRequest request, InferredTypes types) {
    Set<String> reached = new HashSet<>(request.parameters());
    for (Node node : graph.nodes()) {
      boolean any = node.inputs().stream().anyMatch(reached::contains);
      for (String output : node.outputs()) {
        Surrogate surrogate = request.surrogates().get(output);
        boolean here =
            surrogate == null
                ? any && types.isFloat(output)
                : surrogate.inputs().stream().anyMatch(reached::contains);
        if (here && !output.isEmpty()) {
          reached.add(output);
        }
      }
    }
    return new Reach(reached);
  }
}
