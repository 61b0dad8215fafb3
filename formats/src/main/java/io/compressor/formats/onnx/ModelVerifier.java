package io.compressor.formats.onnx;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Attribute;
import io.compressor.ir.AttributeValue;
import io.compressor.ir.Function;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks what the wire format cannot: that values are produced once and before they are read. A
 * broken model may be read and looked at, but not compressed.
 */
public final class ModelVerifier {
  private static final int SHOWN = 5;

  private final List<Finding> findings = new ArrayList<>();

  private ModelVerifier() {}

  /** All faults of a model, its subgraphs and functions, in file order; empty when sound. */
  public static List<Finding> verify(Model model) {
    ModelVerifier verifier = new ModelVerifier();
    verifier.opset(model);
    verifier.graph(model.graph(), Set.of(), "graph '" + model.graph().name() + "'");
    model.functions().forEach(verifier::function);
    return List.copyOf(verifier.findings);
  }

  /**
   * The model with its nodes in order, or a refusal. Nodes that are merely in the wrong order are
   * sorted, keeping the file's order where it is free.
   *
   * @throws CompressorException MODEL on any other fault
   */
  public static Model verifyOrThrow(Model model) {
    List<Finding> all = verify(model);
    List<Finding> faults = all.stream().filter(f -> f.kind() != Finding.Kind.UNSORTED).toList();
    if (!faults.isEmpty()) {
      Finding first = faults.get(0);
      throw new CompressorException(
          ErrorCode.MODEL,
          first.where(),
          first.message()
              + (faults.size() > 1 ? " (and " + (faults.size() - 1) + " more faults)" : ""),
          "the model is no valid ONNX graph: repair or export it again");
    }
    return all.isEmpty() ? model : sorted(model);
  }

  private static Model sorted(Model model) {
    List<Function> functions =
        model.functions().stream()
            .map(
                f ->
                    new Function(
                        f.name(),
                        f.domain(),
                        f.inputs(),
                        f.outputs(),
                        sorted(f.nodes()),
                        f.opsets(),
                        f.extra()))
            .toList();
    return new Model(
        model.irVersion(),
        model.opsets(),
        sorted(model.graph()),
        functions,
        model.metadata(),
        model.extra());
  }

  private static Graph sorted(Graph graph) {
    return graph.withNodes(sorted(graph.nodes()));
  }

  private static List<Node> sorted(List<Node> nodes) {
    return NodeOrder.of(nodes).sorted().stream().map(ModelVerifier::sorted).toList();
  }

  private static Node sorted(Node node) {
    if (node.subgraphs().isEmpty()) {
      return node;
    }
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    node.attributes()
        .forEach(
            (key, a) -> attributes.put(key, new Attribute(a.name(), sorted(a.value()), a.extra())));
    return node.withAttributes(attributes);
  }

  private static AttributeValue sorted(AttributeValue value) {
    if (value instanceof AttributeValue.OfGraph g) {
      return new AttributeValue.OfGraph(sorted(g.value()));
    } else if (value instanceof AttributeValue.OfGraphs gs) {
      return new AttributeValue.OfGraphs(gs.values().stream().map(ModelVerifier::sorted).toList());
    }
    return value;
  }

  private void opset(Model model) {
    boolean standard =
        model.graph().nodes().stream()
            .anyMatch(n -> n.domain().isEmpty() || n.domain().equals("ai.onnx"));
    if (standard && !model.opsets().containsKey("")) {
      report(
          Finding.Kind.MISSING_OPSET,
          "opset_import",
          "the standard operator set is used but not imported, found " + model.opsets().keySet());
    }
  }

  private void graph(Graph graph, Set<String> outer, String where) {
    Set<String> own = new HashSet<>();
    graph.inputs().forEach(v -> produce(v.name(), own, where, "input"));
    own.addAll(graph.initializers().keySet());
    graph.sparseInitializers().forEach(s -> own.add(s.name()));
    nodes(graph.nodes(), own, outer, where);
    for (Value output : graph.outputs()) {
      if (!own.contains(output.name()) && !outer.contains(output.name())) {
        report(
            Finding.Kind.MISSING_OUTPUT,
            where,
            "output '" + output.name() + "' is produced by no node");
      }
    }
  }

  private void function(Function function) {
    String where = "function '" + function.name() + "'";
    Set<String> own = new HashSet<>();
    function.inputs().forEach(n -> produce(n, own, where, "input"));
    nodes(function.nodes(), own, Set.of(), where);
    for (String output : function.outputs()) {
      if (!own.contains(output)) {
        report(
            Finding.Kind.MISSING_OUTPUT, where, "output '" + output + "' is produced by no node");
      }
    }
  }

  /** Adds what the nodes produce to {@code own} and checks what they read. */
  private void nodes(List<Node> nodes, Set<String> own, Set<String> outer, String where) {
    for (Node node : nodes) {
      node.outputs().stream()
          .filter(o -> !o.isEmpty())
          .forEach(o -> produce(o, own, where(node, where), "output"));
    }
    for (Node node : nodes) {
      inputs(node, own, outer, where(node, where));
    }
    NodeOrder order = NodeOrder.of(nodes);
    if (!order.cycle().isEmpty()) {
      report(Finding.Kind.CYCLE, where, "nodes depend on each other: " + labels(order.cycle()));
    } else if (!order.isSorted()) {
      report(Finding.Kind.UNSORTED, where, "nodes come before others that they read");
    }
  }

  private void inputs(Node node, Set<String> own, Set<String> outer, String where) {
    for (String input : node.inputs()) {
      if (!input.isEmpty() && !own.contains(input) && !outer.contains(input)) {
        report(
            Finding.Kind.DANGLING_INPUT,
            where,
            "reads '" + input + "', which no node, input or initializer provides");
      }
    }
    List<Graph> inner = node.subgraphs();
    if (!inner.isEmpty()) {
      Set<String> visible = new HashSet<>(outer);
      visible.addAll(own);
      inner.forEach(g -> graph(g, visible, where + ": graph '" + g.name() + "'"));
    }
  }

  private void produce(String name, Set<String> own, String where, String what) {
    if (!own.add(name)) {
      report(
          Finding.Kind.DUPLICATE_VALUE,
          where,
          what + " '" + name + "' is the name of another value");
    }
  }

  private void report(Finding.Kind kind, String where, String message) {
    findings.add(new Finding(kind, where, message));
  }

  private static String where(Node node, String graph) {
    return graph + ": node '" + node.label() + "'";
  }

  private static String labels(Collection<Node> nodes) {
    return String.join(" <- ", nodes.stream().limit(SHOWN).map(n -> "'" + n.label() + "'").toList())
        + (nodes.size() > SHOWN ? " <- …" : "");
  }
}
