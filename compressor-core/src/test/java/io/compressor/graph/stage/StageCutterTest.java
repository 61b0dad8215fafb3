package io.compressor.graph.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.formats.onnx.ModelVerifier;
import io.compressor.graph.Graphs;
import io.compressor.graph.Ort;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.stage.Blocks.Head;
import io.compressor.graph.stage.Blocks.Rotary;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.Value;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StageCutterTest {
  static Stream<Model> models() {
    return Stream.of(
        Blocks.decoder(3, Rotary.SLICED, Head.OWN),
        Blocks.decoder(2, Rotary.GATHERED, Head.TIED),
        Blocks.fusedDecoder(3),
        Blocks.encoder(2),
        Blocks.images(),
        Blocks.dense(4),
        Blocks.chain(3));
  }

  @Test
  void decoderIsEmbeddingBlocksHead() {
    List<Stage> stages = StageCutter.cut(Blocks.decoder(3, Rotary.SLICED, Head.OWN));
    assertEquals(
        List.of(
            "model.embed.weight",
            "model.layers.0",
            "model.layers.1",
            "model.layers.2",
            "lm_head.weight"),
        stages.stream().map(Stage::name).toList());
    assertEquals(List.of("input_ids", "model.layers.0/out"), stages.get(2).inputs());
    assertEquals(List.of("model.layers.1/out"), stages.get(2).outputs());
    assertEquals(
        List.of("model.layers.2/out"),
        stages.get(4).inputs(),
        "the final norm belongs to the head");
  }

  @Test
  void fusedNormsPassTwoValuesFromBlockToBlock() {
    List<Stage> stages = StageCutter.cut(Blocks.fusedDecoder(3));
    assertEquals(
        List.of(
            "model.embed.weight",
            "model.layers.0",
            "model.layers.1",
            "model.layers.2",
            "lm_head.weight"),
        stages.stream().map(Stage::name).toList());
    assertEquals(
        Set.of("input_ids", "model.layers.1/norm1", "model.layers.0/out"),
        Set.copyOf(stages.get(2).inputs()));
  }

  @Test
  void rotaryTablesThatAreWeightsArePassedOnPastAllBlocks() {
    List<Stage> stages = StageCutter.cut(Blocks.decoder(3, Rotary.GATHERED, Head.OWN));
    assertEquals(5, stages.size());
    assertEquals(Set.of("cos", "sin", "h"), Set.copyOf(stages.get(0).outputs()));
    assertEquals(
        Set.of("input_ids", "cos", "sin", "model.layers.1/out"),
        Set.copyOf(stages.get(3).inputs()));
  }

  @Test
  void encoderBlocksEndWithTheirNorm() {
    List<Stage> stages = StageCutter.cut(Blocks.encoder(2));
    assertEquals(
        List.of("stage 0", "layer.0", "layer.1", "pooler.weight"),
        stages.stream().map(Stage::name).toList());
    assertEquals(List.of("attention_mask", "layer.0/out"), stages.get(2).inputs());
    assertEquals(
        List.of("attention_mask", "layer.1/out"),
        stages.get(3).inputs(),
        "the mask stays within reach");
    List<Stage> without = StageCutter.cut(Blocks.encoder(2), Set.of("no such input"));
    assertEquals(List.of("layer.1/out"), without.get(3).inputs());
  }

  @Test
  void imagesAreCutBetweenResidualBlocks() {
    assertEquals(
        List.of("stem.weight", "block0", "block1", "fc.weight"),
        StageCutter.cut(Blocks.images()).stream().map(Stage::name).toList());
  }

  @Test
  void whereManyValuesAreAliveNothingIsCut() {
    Model model = Blocks.dense(4);
    List<Stage> stages = StageCutter.cut(model);
    assertEquals(2, stages.size(), "after the first layer only its output is alive");
    assertEquals(model.graph().nodes().size() - 1, stages.get(1).nodes().size());
  }

  @Test
  void aModelWithOneLayerIsOneStage() {
    List<Stage> stages = StageCutter.cut(Blocks.chain(1));
    assertEquals(1, stages.size());
    assertEquals(List.of("x"), stages.get(0).inputs());
  }

  @Test
  void aModelWithoutWeightsIsOneStage() {
    Model model =
        Graphs.graph().input("x", 2, 3).node("Relu", "y", List.of("x")).output("y", 2, 3).model();
    List<Stage> stages = StageCutter.cut(model);
    assertEquals(1, stages.size());
    Ort.assertSame(model, stages.get(0).model(model), 0);
  }

  @Test
  void aBiasStaysWithItsWeight() {
    Model model = Blocks.chain(3);
    List<Stage> stages = StageCutter.cut(model);
    assertEquals(3, stages.size());
    stages.forEach(
        s -> assertTrue(s.sites(s.model(model)).get(0).biasNode().isPresent(), s.name()));
  }

  @ParameterizedTest
  @MethodSource("models")
  void everySiteIsInAStageWithItsNameAndItsMappedWeight(Model model) {
    Map<String, Site> whole = new LinkedHashMap<>();
    SiteFinder.scan(model).sites().forEach(s -> whole.put(s.name(), s));
    List<String> found = new ArrayList<>();
    for (Stage stage : StageCutter.cut(model)) {
      Model part = stage.model(model);
      assertEquals(List.of(), ModelVerifier.verify(part));
      for (Site site : stage.sites(part)) {
        Site same = whole.get(site.name());
        assertArrayEquals(same.weightMatrix(), site.weightMatrix());
        assertEquals(same.bias().map(Tensor::name), site.bias().map(Tensor::name));
        found.add(site.name());
      }
      part.graph()
          .initializers()
          .forEach((name, t) -> assertSame(model.graph().initializers().get(name), t));
    }
    assertEquals(whole.keySet(), Set.copyOf(found));
  }

  @ParameterizedTest
  @MethodSource("models")
  void stageAfterStageComputesWhatTheModelComputes(Model model) {
    Map<String, Tensor> feeds = feeds(model);
    Map<String, Tensor> values = new HashMap<>(feeds);
    for (Stage stage : StageCutter.cut(model)) {
      Map<String, Tensor> inputs = new HashMap<>(values);
      inputs.keySet().retainAll(stage.inputs());
      assertEquals(stage.inputs().size(), inputs.size(), "earlier stages give " + stage.inputs());
      values.putAll(run(stage.model(model), inputs));
    }
    run(model, feeds)
        .forEach(
            (name, expected) -> {
              float[] actual = values.get(name).toFloats();
              assertEquals(0, Ort.difference(expected.toFloats(), actual), 1e-6, name);
            });
  }

  @Test
  void aWeightOfTwoStagesHasOneName() {
    Model model = Blocks.decoder(2, Rotary.SLICED, Head.TIED);
    List<Stage> stages = StageCutter.cut(model);
    String tied = stages.get(0).sites(stages.get(0).model(model)).get(0).name();
    Stage head = stages.get(stages.size() - 1);
    assertEquals(List.of(tied), head.sites(head.model(model)).stream().map(Site::name).toList());
  }

  @Test
  void namesThatOnlyTheWholeModelTellsApartStayApart() {
    Graphs g = Graphs.graph().input("x", 4, 8);
    String x = "x";
    for (int i = 0; i < 2; i++) {
      g.weight("onnx::MatMul_" + i, 8, 8);
      g.node(
          Node.of("MatMul", List.of(x, "onnx::MatMul_" + i), List.of("y" + i))
              .withName("/dense/MatMul"));
      x = "y" + i;
    }
    Model model = g.output("y1", 4, 8).model();
    Stage second = StageCutter.cut(model).get(1);
    assertEquals("dense.weight", SiteFinder.scan(second.model(model)).sites().get(0).name());
    assertEquals("dense.weight_1", second.sites(second.model(model)).get(0).name());
  }

  private static Map<String, Tensor> run(Model model, Map<String, Tensor> feeds) {
    try (RuntimeSession session = RuntimeSession.open(model, SessionSettings.withThreads(1))) {
      return session.run(feeds);
    }
  }

  /** As {@link Ort#feeds}, masks all ones and five tokens. */
  private static Map<String, Tensor> feeds(Model model) {
    Map<String, Tensor> feeds = new LinkedHashMap<>();
    for (Value input : model.graph().requiredInputs()) {
      boolean ids = input.type().orElseThrow().elementType() == ElementType.INT64;
      boolean mask = input.name().equals("attention_mask");
      feeds.put(
          input.name(),
          ids
              ? Tensor.ofLongs(
                  input.name(),
                  new long[] {1, 5},
                  mask ? new long[] {1, 1, 1, 1, 1} : new long[] {3, 1, 4, 1, 5})
              : Ort.feeds(model).get(input.name()));
    }
    return feeds;
  }
}
