package io.compressor.graph.stage;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A part of a model that runs by itself, given what the parts before it made.
 *
 * @param index place among the stages
 * @param name for people: the common path of the weights' names where there is one
 * @param inputs inputs of the model first, then values of earlier stages
 * @param outputs values that later stages read or the model returns
 * @param nodes in graph order; nodes that follow cheaply from the model's inputs are in every stage
 *     that needs them
 * @param siteNames names of the sites in the whole model, by the first output of the node that
 *     reads the weight
 */
public record Stage(
    int index,
    String name,
    List<String> inputs,
    List<String> outputs,
    List<Node> nodes,
    Map<String, String> siteNames) {

  public Stage {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    nodes = List.copyOf(nodes);
    siteNames = Collections.unmodifiableMap(new LinkedHashMap<>(siteNames));
  }

  /**
   * The stage as a model of its own. Weights are those of {@code source}, not copied; inputs have
   * the element type and rank that are known, float32 where nothing is.
   *
   * @param source the model that was cut, or one with the same nodes and other weights
   */
  public Model model(Model source) {
    return StageModel.of(this, source);
  }

  /**
   * The weights of this stage under their names in the whole model. A weight that is shared with
   * another stage shows the uses it has here.
   *
   * @param model {@link #model}, or what became of it as long as the layers keep their outputs
   */
  public List<Site> sites(Model model) {
    List<Site> named = new ArrayList<>();
    for (Site site : SiteFinder.scan(new GraphIndex(model)).sites()) {
      site.uses().stream()
          .filter(n -> siteNames.containsKey(n.outputs().get(0)))
          .findFirst()
          .ifPresent(n -> named.add(renamed(site, siteNames.getOrDefault(n.outputs().get(0), ""))));
    }
    return List.copyOf(named);
  }

  /** Values that one of the stages reads. */
  public static Set<String> reads(Collection<Stage> stages) {
    Set<String> read = new HashSet<>();
    stages.forEach(s -> read.addAll(s.inputs()));
    return read;
  }

  private static Site renamed(Site s, String name) {
    return new Site(
        name,
        s.kind(),
        s.node(),
        s.weightInput(),
        s.weight(),
        s.layout(),
        s.biasNode(),
        s.bias(),
        s.input(),
        s.output(),
        s.uses());
  }
}
