package io.compressor.graph.stage;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.ValueNames;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Turns runs of anchored nodes into stages: what each needs from outside, and what it gives. */
final class StageAssembly {
  private final Graph graph;
  private final GraphIndex index;
  private final Strand strand;
  private final Map<String, String> siteNames;
  private final Set<String> everywhere;

  StageAssembly(
      Model model,
      GraphIndex index,
      Strand strand,
      Map<String, String> siteNames,
      Set<String> everywhere) {
    this.graph = model.graph();
    this.index = index;
    this.strand = strand;
    this.siteNames = siteNames;
    this.everywhere = everywhere;
  }

  List<Stage> stages(List<Segment> segments) {
    List<Parts> parts = new ArrayList<>();
    for (int i = 0; i < segments.size(); i++) {
      parts.add(parts(segments.get(i), i == segments.size() - 1));
    }
    Set<String> wanted = new HashSet<>();
    graph.outputs().forEach(v -> wanted.add(v.name()));
    List<Stage> stages = new ArrayList<>();
    for (int i = segments.size() - 1; i >= 0; i--) {
      stages.add(0, stage(i, segments.get(i), parts.get(i), wanted));
      wanted.addAll(parts.get(i).inputs);
    }
    return List.copyOf(stages);
  }

  /** What a stage consists of before it is known what later ones want of it. */
  private record Parts(List<Node> nodes, List<String> inputs, List<String> free) {}

  private Parts parts(Segment segment, boolean last) {
    Map<Integer, Node> nodes = new TreeMap<>();
    Deque<String> open = new ArrayDeque<>();
    for (Node node : strand.nodes(segment.from(), segment.to())) {
      nodes.put(place(node), node);
      open.addAll(ValueNames.reads(node));
    }
    List<String> free = last ? freeOutputs() : List.of();
    open.addAll(free);
    Set<String> fed = new HashSet<>();
    graph.requiredInputs().forEach(v -> fed.add(v.name()));
    Set<String> inputs = new HashSet<>(everywhere);
    inputs.retainAll(fed);
    Set<String> seen = new HashSet<>();
    while (!open.isEmpty()) {
      String value = open.pop();
      if (!seen.add(value)) {
        continue;
      }
      int position = strand.position(value);
      if (position >= 0) {
        if (position < segment.from()) {
          inputs.add(value);
        }
      } else if (fed.contains(value)) {
        inputs.add(value);
      } else {
        index
            .producer(value)
            .ifPresent(
                node -> {
                  nodes.put(place(node), node);
                  open.addAll(ValueNames.reads(node));
                });
      }
    }
    return new Parts(List.copyOf(nodes.values()), ordered(inputs), free);
  }

  /** Outputs of the model that belong to no stage in particular. */
  private List<String> freeOutputs() {
    return graph.outputs().stream().map(Value::name).filter(o -> strand.position(o) < 0).toList();
  }

  private Stage stage(int number, Segment segment, Parts parts, Set<String> wanted) {
    Set<String> outputs = new LinkedHashSet<>();
    Map<String, String> names = new LinkedHashMap<>();
    for (Node node : strand.nodes(segment.from(), segment.to())) {
      node.outputs().stream().filter(wanted::contains).forEach(outputs::add);
      String site = siteNames.get(node.outputs().get(0));
      if (site != null) {
        names.put(node.outputs().get(0), site);
      }
    }
    outputs.addAll(parts.free);
    String name = StageNames.of(number, names.values());
    return new Stage(number, name, parts.inputs, List.copyOf(outputs), parts.nodes, names);
  }

  /** Inputs of the model in its order, then what other stages give, oldest first. */
  private List<String> ordered(Set<String> values) {
    List<String> ordered = new ArrayList<>();
    graph.inputs().stream().map(Value::name).filter(values::contains).forEach(ordered::add);
    values.stream()
        .filter(v -> !ordered.contains(v))
        .sorted(Comparator.comparingInt(strand::position).thenComparing(v -> v))
        .toList()
        .forEach(ordered::add);
    return ordered;
  }

  private int place(Node node) {
    return node.outputs().stream()
        .filter(o -> !o.isEmpty())
        .mapToInt(index::position)
        .max()
        .orElse(-1);
  }
}
