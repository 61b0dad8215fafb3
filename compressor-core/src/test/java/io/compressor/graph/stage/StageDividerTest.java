package io.compressor.graph.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.SiteKind;
import io.compressor.graph.stage.Blocks.Head;
import io.compressor.graph.stage.Blocks.Rotary;
import io.compressor.graph.stage.StageDivider.Division;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StageDividerTest {
  static Stream<Model> models() {
    return StageCutterTest.models();
  }

  /** Counted over all stages: a node with a weight or more behind it runs once, whatever is cut. */
  @ParameterizedTest
  @MethodSource("models")
  void everyNodeThatCostsAnythingRunsOnce(Model model) {
    StageDivider divider = new StageDivider(model);
    List<String> ran = new ArrayList<>();
    for (Stage stage : StageCutter.cut(model)) {
      Model left = stage.model(model);
      for (List<Site> group : SiteGroups.of(stage.sites(left))) {
        Site first = group.get(0);
        if (first.kind() == SiteKind.GATHER) {
          continue;
        }
        Division division = divider.before(left, Set.of(first.input()), Set.of());
        division.done().forEach(n -> ran.add(n.outputs().get(0)));
        left = withInputs(division);
        Set<String> names = stage.sites(left).stream().map(Site::name).collect(Collectors.toSet());
        group.forEach(s -> assertTrue(names.contains(s.name()), s.name() + " is still to come"));
        Division nothing = divider.before(left, Set.of(first.input()), Set.of());
        assertSame(left, nothing.rest(), "reached already");
      }
      List<String> outputs = left.graph().outputs().stream().map(Value::name).toList();
      Division end = divider.before(left, outputs, Set.of());
      end.done().forEach(n -> ran.add(n.outputs().get(0)));
    }
    assertEquals(Set.copyOf(ran).size(), ran.size(), "some ran twice: " + ran);
    Set<String> missing = costly(model);
    missing.removeAll(ran);
    assertEquals(Set.of(), missing, "and none was lost");
  }

  private static Set<String> costly(Model model) {
    GraphIndex index = new GraphIndex(model);
    Set<String> siteOutputs =
        SiteFinder.scan(index).sites().stream()
            .flatMap(s -> s.uses().stream())
            .map(n -> n.outputs().get(0))
            .collect(Collectors.toSet());
    Dependence dependence = new Dependence(index, siteOutputs);
    Set<String> costly = new HashSet<>();
    for (Node node : model.graph().nodes()) {
      if (dependence.isAnchored(node)) {
        costly.add(node.outputs().get(0));
      }
    }
    return costly;
  }

  @Test
  void aBlockFallsIntoItsFourGroupsAndPassesTheResidualStream() {
    Model model = Blocks.decoder(3, Rotary.SLICED, Head.OWN);
    Stage block = StageCutter.cut(model).get(2);
    StageDivider divider = new StageDivider(model);
    Model left = block.model(model);
    List<Set<String>> passed = new ArrayList<>();
    for (List<Site> group : SiteGroups.of(block.sites(left))) {
      Division division = divider.before(left, Set.of(group.get(0).input()), Set.of("input_ids"));
      passed.add(Set.copyOf(division.passing()));
      left = withInputs(division);
      assertTrue(left.graph().inputs().stream().anyMatch(v -> v.name().equals("input_ids")));
    }
    String p = "model.layers.1";
    assertEquals(4, passed.size());
    assertEquals(Set.of(p + "/norm1"), passed.get(0));
    assertEquals(1, passed.get(1).size(), "what o reads: " + passed.get(1));
    assertEquals(Set.of(p + "/norm2", p + "/middle"), passed.get(2));
    assertEquals(1, passed.get(3).size(), "what down reads: " + passed.get(3));
    assertEquals(
        List.of("MatMul", "Add"), left.graph().nodes().stream().map(Node::opType).toList());
  }

  private static Model withInputs(Division division) {
    List<Value> inputs = new ArrayList<>(division.rest().graph().inputs());
    division
        .passing()
        .forEach(v -> inputs.add(Value.of(v, TensorType.of(ElementType.FLOAT, -1, -1, -1))));
    return division.rest().withGraph(division.rest().graph().withInputs(inputs));
  }
}
