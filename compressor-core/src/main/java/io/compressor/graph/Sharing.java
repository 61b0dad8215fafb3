package io.compressor.graph;

import io.compressor.graph.SiteReading.Weight;
import io.compressor.ir.Node;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decides whether all readers of one constant agree on what it means as a weight. */
final class Sharing {
  private Sharing() {}

  /** Why the constant cannot be one site, or empty when it can. */
  static Optional<String> refusal(String root, List<Weight> uses, GraphIndex index) {
    Weight first = uses.get(0);
    for (Weight use : uses) {
      boolean sameValue = use.source().tensor().name().equals(first.source().tensor().name());
      boolean sameView =
          use.layout().out() == first.layout().out()
              && use.layout().in() == first.layout().in()
              && (sameValue
                  ? use.layout().transposed() == first.layout().transposed()
                  : use.rootTransposed().isPresent()
                      && use.rootTransposed().equals(first.rootTransposed()));
      if (!sameView) {
        return Optional.of(
            "shared by '%s' and '%s', which read it in different orientations"
                .formatted(first.node().label(), use.node().label()));
      }
    }
    return otherReader(root, uses, index);
  }

  /** A node, subgraph or graph output that needs the numbers themselves. */
  private static Optional<String> otherReader(String root, List<Weight> uses, GraphIndex index) {
    Set<String> users = new HashSet<>();
    uses.forEach(u -> users.addAll(u.node().outputs()));
    Deque<String> open = new ArrayDeque<>(List.of(root));
    while (!open.isEmpty()) {
      String value = open.remove();
      if (index.isOutput(value)) {
        return Optional.of("'" + value + "' is also an output of the model");
      }
      for (Node node : index.consumers(value)) {
        String made = node.outputs().isEmpty() ? "" : node.outputs().get(0);
        if (users.contains(made)) {
          Optional<String> twice = readTwice(node, value, uses);
          if (twice.isPresent()) {
            return twice;
          }
        } else if (index.source(made).filter(s -> s.root().equals(root)).isPresent()) {
          open.add(made);
        } else {
          return Optional.of("also read by " + node.opType() + " '" + node.label() + "'");
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> readTwice(Node node, String value, List<Weight> uses) {
    boolean once =
        uses.stream()
            .filter(u -> u.node().outputs().equals(node.outputs()))
            .allMatch(
                u ->
                    node.inputs().indexOf(value) == u.weightInput()
                        && node.inputs().lastIndexOf(value) == u.weightInput());
    return once
        ? Optional.empty()
        : Optional.of("'" + node.label() + "' reads it as more than a weight");
  }
}
