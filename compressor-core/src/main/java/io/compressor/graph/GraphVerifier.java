package io.compressor.graph;

import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks what every model must keep: each name is defined once per scope, whatever is read is
 * defined before, outputs exist, every domain in use is imported.
 */
public final class GraphVerifier {
  private final List<String> findings = new ArrayList<>();

  private GraphVerifier() {}

  /** What is broken, in words that name the place; empty when the model is sound. */
  public static List<String> verify(Model model) {
    GraphVerifier verifier = new GraphVerifier();
    verifier.scope(model.graph(), Set.of(), "the main graph");
    verifier.domains(model);
    return List.copyOf(verifier.findings);
  }

  private void scope(Graph graph, Set<String> outside, String where) {
    Set<String> all = new HashSet<>();
    graph.nodes().forEach(n -> all.addAll(n.outputs()));
    Set<String> defined = new HashSet<>(outside);
    Set<String> own = new HashSet<>();
    graph.inputs().forEach(v -> define(v.name(), own, "graph input", where));
    Set<String> inputs = Set.copyOf(own);
    graph.initializers().keySet().stream()
        .filter(n -> !inputs.contains(n))
        .forEach(n -> define(n, own, "initializer", where));
    graph.sparseInitializers().stream()
        .filter(s -> !inputs.contains(s.name()))
        .forEach(s -> define(s.name(), own, "sparse initializer", where));
    defined.addAll(own);
    for (Node node : graph.nodes()) {
      String at = "node '" + node.label() + "' of " + where;
      node.inputs().stream().filter(i -> !i.isEmpty()).forEach(i -> read(i, defined, all, at));
      ValueNames.subgraphs(node)
          .forEach(g -> scope(g, defined, "a subgraph of node '" + node.label() + "'"));
      for (String output : node.outputs()) {
        if (!output.isEmpty()) {
          define(output, own, "output of " + at, where);
          defined.add(output);
        }
      }
    }
    for (Value output : graph.outputs()) {
      if (!defined.contains(output.name())) {
        findings.add("output '" + output.name() + "' of " + where + " is computed by no node");
      }
    }
  }

  private void define(String name, Set<String> own, String as, String where) {
    if (!own.add(name)) {
      findings.add("'" + name + "' is defined twice in " + where + ", again as " + as);
    }
  }

  private void read(String name, Set<String> defined, Set<String> all, String at) {
    if (!defined.contains(name)) {
      findings.add(
          all.contains(name)
              ? at + " reads '" + name + "' before it is computed (a cycle, or not sorted)"
              : at + " reads '" + name + "', which nothing defines");
    }
  }

  private void domains(Model model) {
    Set<String> known = new HashSet<>(model.opsets().keySet());
    if (known.contains("") || known.contains("ai.onnx")) {
      known.addAll(List.of("", "ai.onnx"));
    }
    for (Node node : model.graph().nodes()) {
      if (!known.contains(node.domain())) {
        known.add(node.domain());
        findings.add(
            "node '%s' uses domain '%s', which the model does not import"
                .formatted(node.label(), node.domain()));
      }
    }
  }
}
