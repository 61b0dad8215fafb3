package io.compressor.graph.stage;

import io.compressor.graph.GraphIndex;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Value;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What runs from one stage to the end of the model: whoever changes a weight of that stage again
 * and again need not run what comes before it.
 */
public final class StageTail {
  private StageTail() {}

  /**
   * The stages from {@code from} on as one: it reads what earlier stages made and makes those
   * outputs of the model that are not made before it.
   *
   * @param model the model that was cut
   * @param stages all of them, in order
   */
  public static Stage of(Model model, List<Stage> stages, int from) {
    Set<String> firstOutputs = new HashSet<>();
    Map<String, String> siteNames = new LinkedHashMap<>();
    Set<String> read = new LinkedHashSet<>();
    for (Stage stage : stages.subList(from, stages.size())) {
      stage.nodes().forEach(n -> firstOutputs.add(n.outputs().get(0)));
      siteNames.putAll(stage.siteNames());
      read.addAll(stage.inputs());
    }
    List<Node> nodes =
        model.graph().nodes().stream()
            .filter(n -> firstOutputs.contains(n.outputs().get(0)))
            .toList();
    Set<String> made = new HashSet<>();
    nodes.forEach(n -> made.addAll(n.outputs()));
    Set<String> inputs = new LinkedHashSet<>();
    model.graph().inputs().stream().map(Value::name).filter(read::contains).forEach(inputs::add);
    read.stream().filter(r -> !made.contains(r)).forEach(inputs::add);
    List<String> outputs =
        model.graph().outputs().stream().map(Value::name).filter(made::contains).toList();
    return new Stage(from, stages.get(from).name(), List.copyOf(inputs), outputs, nodes, siteNames);
  }

  /** Those inputs of a stage that are values of the model, not inputs of it. */
  public static List<String> handedOn(Stage stage, Model model) {
    GraphIndex index = new GraphIndex(model);
    return stage.inputs().stream().filter(i -> index.producer(i).isPresent()).toList();
  }
}
