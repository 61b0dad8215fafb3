package io.compressor.pass.weights.learn;

import io.compressor.ir.Attribute;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The model that learns: weights made by nodes from what is learnt, and behind it the distance to
 * the original at some of its values.
 *
 * <p>Loss: the mean over {@code points} of Σ(s − t)² / Σt², padding left out where a mask tells it;
 * or the mean of that over the rows of a value, each divided by its own Σt², so that the few tokens
 * whose values are a thousand times larger than all others' do not drown these.
 *
 * @param model reads targets beside the original's inputs
 * @param targets by point, the input that holds what the original makes there
 */
record Student(Model model, Map<String, String> targets) {
  static final String LOSS = "learn/loss";

  Student {
    targets = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(targets));
  }

  /**
   * @param original with names as in the sites
   * @param replaced other constants of the original and what they are now
   * @param points values to compare, in the order of the graph
   * @param masked points with one row for each position of the mask
   */
  static Student of(
      Model original,
      List<StudentSite> sites,
      Map<String, Tensor> replaced,
      List<String> points,
      Set<String> masked,
      Optional<String> mask) {
    return of(original, sites, replaced, points, masked, mask, Set.of());
  }

  /**
   * @param byRow points of which each row along the last axis counts the same
   */
  static Student of(
      Model original,
      List<StudentSite> sites,
      Map<String, Tensor> replaced,
      List<String> points,
      Set<String> masked,
      Optional<String> mask,
      Set<String> byRow) {
    Graph graph = original.graph();
    Map<String, Tensor> constants = new LinkedHashMap<>(graph.initializers());
    constants.putAll(replaced);
    List<Node> nodes = new ArrayList<>();
    Set<String> made = new LinkedHashSet<>();
    for (StudentSite site : sites) {
      made.add(site.site().weight().name());
      constants.putAll(site.constants());
      constants.put(site.levelsName(), site.levelsTensor());
      constants.put(site.factorName(), site.factorTensor());
      nodes.addAll(site.nodes());
    }
    constants.keySet().removeAll(made);
    graph.nodes().stream()
        .filter(
            n -> n.outputs().stream().noneMatch(o -> made.contains(o) || replaced.containsKey(o)))
        .forEach(nodes::add);
    List<Value> inputs = new ArrayList<>(graph.inputs());
    inputs.removeIf(v -> made.contains(v.name()));
    Map<String, String> targets = new LinkedHashMap<>();
    List<String> terms = new ArrayList<>();
    for (String point : points) {
      String target = "learn/target/" + point;
      targets.put(point, target);
      inputs.add(Value.of(target, new TensorType(ElementType.FLOAT, Optional.empty())));
      Optional<String> by = masked.contains(point) ? mask : Optional.empty();
      terms.add(
          byRow.contains(point)
              ? rowTerm(point, target, by, nodes, constants)
              : term(point, target, by, nodes, constants));
    }
    mask.filter(m -> !masked.isEmpty()).ifPresent(m -> realRows(m, nodes, constants));
    loss(terms, nodes, constants);
    List<Value> outputs = List.of(new Value(LOSS, Optional.empty(), Bytes.empty()));
    Graph learning =
        new Graph(
            graph.name(),
            ordered(nodes),
            constants,
            graph.sparseInitializers(),
            inputs,
            outputs,
            List.of(),
            graph.extra());
    return new Student(original.withGraph(learning), targets);
  }

  private static String term(
      String point,
      String target,
      Optional<String> mask,
      List<Node> nodes,
      Map<String, Tensor> constants) {
    String base = "learn/" + point;
    nodes.add(Node.of("Sub", List.of(point, target), List.of(base + "/all")));
    String difference = base + "/all";
    String signal = target;
    if (mask.isPresent()) {
      nodes.add(Node.of("Mul", List.of(difference, "learn/rows"), List.of(base + "/real")));
      nodes.add(Node.of("Mul", List.of(target, "learn/rows"), List.of(base + "/signal")));
      difference = base + "/real";
      signal = base + "/signal";
    }
    Attribute drop = Attribute.of("keepdims", 0L);
    nodes.add(Node.of("Mul", List.of(difference, difference), List.of(base + "/square")));
    nodes.add(Node.of("ReduceSum", List.of(base + "/square"), List.of(base + "/error"), drop));
    nodes.add(Node.of("Mul", List.of(signal, signal), List.of(base + "/power")));
    nodes.add(Node.of("ReduceSum", List.of(base + "/power"), List.of(base + "/norm"), drop));
    constants.put("learn/tiny", Tensor.scalar("learn/tiny", 1e-12f));
    nodes.add(Node.of("Add", List.of(base + "/norm", "learn/tiny"), List.of(base + "/safe")));
    nodes.add(Node.of("Div", List.of(base + "/error", base + "/safe"), List.of(base + "/term")));
    return base + "/term";
  }

  private static String rowTerm(
      String point,
      String target,
      Optional<String> mask,
      List<Node> nodes,
      Map<String, Tensor> constants) {
    String base = "learn/" + point;
    constants.put("learn/last", Tensor.ofLongs("learn/last", new long[] {1}, -1));
    constants.put("learn/tiny", Tensor.scalar("learn/tiny", 1e-12f));
    Attribute drop = Attribute.of("keepdims", 0L);
    nodes.add(Node.of("Sub", List.of(point, target), List.of(base + "/all")));
    nodes.add(Node.of("Mul", List.of(base + "/all", base + "/all"), List.of(base + "/square")));
    nodes.add(
        Node.of("ReduceSum", List.of(base + "/square", "learn/last"), List.of(base + "/error")));
    nodes.add(Node.of("Mul", List.of(target, target), List.of(base + "/power")));
    nodes.add(
        Node.of("ReduceSum", List.of(base + "/power", "learn/last"), List.of(base + "/norm")));
    nodes.add(Node.of("Add", List.of(base + "/norm", "learn/tiny"), List.of(base + "/safe")));
    nodes.add(Node.of("Div", List.of(base + "/error", base + "/safe"), List.of(base + "/ratio")));
    if (mask.isEmpty()) {
      nodes.add(Node.of("ReduceMean", List.of(base + "/ratio"), List.of(base + "/term"), drop));
      return base + "/term";
    }
    nodes.add(Node.of("Mul", List.of(base + "/ratio", "learn/rows"), List.of(base + "/real")));
    nodes.add(Node.of("ReduceSum", List.of(base + "/real"), List.of(base + "/sum"), drop));
    nodes.add(Node.of("ReduceSum", List.of("learn/rows"), List.of(base + "/count"), drop));
    nodes.add(Node.of("Div", List.of(base + "/sum", base + "/count"), List.of(base + "/term")));
    return base + "/term";
  }

  /** 1 for real positions, 0 for padding, [batch, length, 1]; put in front of its readers. */
  private static void realRows(String mask, List<Node> nodes, Map<String, Tensor> constants) {
    constants.put("learn/column", Tensor.ofLongs("learn/column", new long[] {3}, 0, 0, 1));
    nodes.add(
        Node.of(
            "Cast",
            List.of(mask),
            List.of("learn/mask"),
            Attribute.of("to", (long) ElementType.FLOAT.onnxId())));
    nodes.add(Node.of("Reshape", List.of("learn/mask", "learn/column"), List.of("learn/rows")));
  }

  private static void loss(List<String> terms, List<Node> nodes, Map<String, Tensor> constants) {
    constants.put("learn/share", Tensor.scalar("learn/share", 1f / terms.size()));
    nodes.add(Node.of("Sum", terms, List.of("learn/sum")));
    nodes.add(Node.of("Mul", List.of("learn/sum", "learn/share"), List.of(LOSS)));
  }

  /** The two mask nodes read an input only, so they may stand first. */
  private static List<Node> ordered(List<Node> nodes) {
    List<Node> first = new ArrayList<>();
    List<Node> rest = new ArrayList<>();
    for (Node node : nodes) {
      boolean early =
          node.outputs().contains("learn/mask") || node.outputs().contains("learn/rows");
      (early ? first : rest).add(node);
    }
    first.addAll(rest);
    return first;
  }
}
