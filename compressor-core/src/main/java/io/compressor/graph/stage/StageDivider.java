package io.compressor.graph.stage;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.ValueNames;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Divides what is left of a stage before a value: what the value needs runs now and never again,
 * the rest takes over what it still reads of that. Nodes that follow cheaply from the model's
 * inputs belong to neither part: each computes those that it needs, as stages do.
 */
public final class StageDivider {
  private final Dependence dependence;

  /**
   * @param source the whole model that the stages were cut from
   */
  public StageDivider(Model source) {
    GraphIndex index = new GraphIndex(source);
    Set<String> siteOutputs = new HashSet<>();
    for (Site site : SiteFinder.scan(index).sites()) {
      site.uses().forEach(n -> siteOutputs.add(n.outputs().get(0)));
    }
    this.dependence = new Dependence(index, siteOutputs);
  }

  /**
   * @param done nodes to run now, in graph order, without the cheap ones
   * @param passing values of them that the rest reads or the stage gives, in graph order
   * @param rest of the stage; {@code passing} has to become inputs of it
   */
  public record Division(List<Node> done, List<String> passing, Model rest) {
    public Division {
      done = List.copyOf(done);
      passing = List.copyOf(passing);
    }
  }

  /**
   * What to run of {@code left} so that {@code values} are there. Nothing to run leaves {@code
   * left} as it is.
   *
   * @param left a stage's model, or the rest of an earlier division of it
   * @param kept inputs that stay, whether the rest reads them or not
   */
  public Division before(Model left, Collection<String> values, Set<String> kept) {
    Map<String, Node> producers = new HashMap<>();
    left.graph().nodes().forEach(n -> n.outputs().forEach(o -> producers.put(o, n)));
    Set<String> needed = ancestors(values, producers, Set.of());
    List<Node> done = new ArrayList<>();
    Set<String> made = new LinkedHashSet<>();
    List<String> roots = new ArrayList<>();
    Set<String> given = new LinkedHashSet<>();
    left.graph().outputs().forEach(v -> given.add(v.name()));
    for (Node node : left.graph().nodes()) {
      if (dependence.isAnchored(node)) {
        if (node.outputs().stream().anyMatch(needed::contains)) {
          done.add(node);
          node.outputs().stream().filter(o -> !o.isEmpty()).forEach(made::add);
        } else {
          roots.addAll(node.outputs());
        }
      }
    }
    if (done.isEmpty()) {
      return new Division(List.of(), List.of(), left);
    }
    given.stream().filter(o -> !made.contains(o)).forEach(roots::add);
    Set<String> read = ancestors(roots, producers, made);
    List<String> passing =
        made.stream().filter(v -> read.contains(v) || given.contains(v)).toList();
    return new Division(done, passing, rest(left, made, read, kept));
  }

  /**
   * Values that lead to {@code roots}, these included; nothing is looked for behind {@code end}.
   */
  private static Set<String> ancestors(
      Collection<String> roots, Map<String, Node> producers, Set<String> end) {
    Set<String> found = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(roots);
    while (!open.isEmpty()) {
      String value = open.pop();
      Node producer = producers.get(value);
      if (!value.isEmpty() && found.add(value) && producer != null && !end.contains(value)) {
        open.addAll(ValueNames.reads(producer));
      }
    }
    return found;
  }

  private static Model rest(Model left, Set<String> made, Set<String> read, Set<String> kept) {
    Graph graph = left.graph();
    List<Node> nodes =
        graph.nodes().stream()
            .filter(n -> n.outputs().stream().anyMatch(o -> read.contains(o) && !made.contains(o)))
            .toList();
    Map<String, Tensor> initializers = new LinkedHashMap<>(graph.initializers());
    initializers.keySet().retainAll(read);
    List<Value> inputs =
        graph.inputs().stream()
            .filter(v -> read.contains(v.name()) || kept.contains(v.name()))
            .toList();
    return left.withGraph(
        new Graph(
            graph.name(),
            nodes,
            initializers,
            graph.sparseInitializers().stream().filter(s -> read.contains(s.name())).toList(),
            inputs,
            graph.outputs().stream().filter(v -> !made.contains(v.name())).toList(),
            graph.valueInfo().stream()
                .filter(v -> read.contains(v.name()) && !made.contains(v.name()))
                .toList(),
            graph.extra()));
  }
}
