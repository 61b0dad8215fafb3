package io.compressor.graph.rotate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.graph.Graphs;
import io.compressor.graph.Ort;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.Skipped;
import io.compressor.graph.TensorViews;
import io.compressor.graph.channel.Transformers;
import io.compressor.graph.channel.Transformers.Spelling;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RotationTest {
  private static final double TOLERANCE = 1e-4;
  private static final RotationOptions ALL = RotationOptions.defaults().withOnline(true);

  @ParameterizedTest
  @EnumSource(Spelling.class)
  void everySpellingOfANormKeepsTheOutputs(Spelling spelling) {
    Model model = Transformers.small().norms(spelling).model();
    RotationResult rotated = Rotation.rotate(model, RotationOptions.defaults());
    assertEquals(List.of(), rotated.refused());
    Ort.assertSame(model, rotated.model(), TOLERANCE);
    assertRotated(model, rotated.model(), "layer0.q.weight", "layer1.down.weight", "embed.weight");
  }

  @ParameterizedTest
  @EnumSource(Spelling.class)
  void biasesAndShiftsComeAlong(Spelling spelling) {
    Model model = Transformers.small().norms(spelling).biases().positions().model();
    RotationResult rotated = Rotation.rotate(model, ALL);
    assertEquals(List.of(), rotated.refused());
    Ort.assertSame(model, rotated.model(), TOLERANCE);
    assertRotated(model, rotated.model(), "layer0.v.bias", "layer0.o.bias", "position.weight");
  }

  @Test
  void readersKeepTheirBiases() {
    Model model = Transformers.small().biases().model();
    Model rotated = Rotation.rotate(model, RotationOptions.defaults()).model();
    assertArrayEquals(values(model, "layer0.q.bias"), values(rotated, "layer0.q.bias"));
  }

  @Test
  void onlineProductsKeepTheOutputs() {
    Model model = Transformers.small().model();
    RotationResult rotated = Rotation.rotate(model, new RotationOptions(5, false, false, true));
    assertEquals(1, rotated.log().size(), rotated.log().toString());
    Ort.assertSame(model, rotated.model(), TOLERANCE);
    assertEquals(
        SiteFinder.scan(model).sites().size(),
        SiteFinder.scan(rotated.model()).sites().size(),
        "the factors are no weights");
  }

  @Test
  void aTiedHeadGetsAWeightOfItsOwn() {
    Model model = Transformers.small().tied().model();
    RotationResult rotated = Rotation.rotate(model, RotationOptions.defaults());
    Ort.assertSame(model, rotated.model(), TOLERANCE);
    assertTrue(
        rotated.log().stream().anyMatch(l -> l.contains("untied 'embed.weight'")),
        rotated.log().toString());
  }

  @Test
  void postNormStreamsAreRefusedByNameAndTheRestGoesOn() {
    Model model = Transformers.small().norms(Spelling.LAYER_SPELLED).postNorm().biases().model();
    RotationResult rotated = Rotation.rotate(model, RotationOptions.defaults());
    Skipped refused = rotated.refused().get(0);
    assertEquals("embed.weight", refused.name());
    assertTrue(refused.reason().contains("inside the residual stream"), refused.reason());
    assertTrue(rotated.log().stream().allMatch(l -> l.contains("values")), "heads only");
    Ort.assertSame(model, rotated.model(), TOLERANCE);
  }

  @Test
  void cachedValuesAreRefusedAndCachesStayEqual() {
    Model model = Transformers.small().cache().model();
    RotationResult rotated = Rotation.rotate(model, RotationOptions.defaults());
    assertEquals(
        List.of("layer0.v.weight", "layer1.v.weight"),
        rotated.refused().stream().map(Skipped::name).toList());
    assertTrue(rotated.refused().get(0).reason().contains("layer0.past_v"), "names the cache");
    Ort.assertSame(model, rotated.model(), TOLERANCE);
  }

  @Test
  void halfPrecisionWeightsStayHalf() {
    for (Spelling spelling : List.of(Spelling.DIV, Spelling.LAYER, Spelling.LAYER_SPELLED)) {
      Model model = half(Transformers.small().norms(spelling).biases().model());
      RotationResult rotated = Rotation.rotate(model, ALL);
      assertEquals(List.of(), rotated.refused());
      rotated
          .model()
          .graph()
          .initializers()
          .forEach((n, t) -> assertNotEquals(ElementType.DOUBLE, t.type(), n));
      assertEquals(
          ElementType.FLOAT16,
          rotated.model().graph().initializers().get("layer0.q.weight").type());
      Ort.assertSame(model, rotated.model(), 2e-2);
    }
  }

  @Test
  void fusedQueriesKeysAndValuesAreNamed() {
    Graphs g = Graphs.graph().input("ids", ElementType.INT64, 2, 3);
    g.weight("table", 9, 8).weight("qkv", 8, 24).weight("o", 8, 8).weight("head", 8, 4);
    g.uniform("gain", 0.5, 2, 8).uniform("gain2", 0.5, 2, 8);
    g.node("Gather", "x", List.of("table", "ids"));
    g.node("SimplifiedLayerNormalization", "n", List.of("x", "gain"));
    g.node("MatMul", "all", List.of("n", "qkv"));
    g.node(Node.of("Split", List.of("all"), List.of("q", "k", "v"), Attribute.of("axis", -1)));
    g.node("Transpose", "kt", List.of("k"), Attribute.of("perm", new long[] {0, 2, 1}));
    g.node("MatMul", "s", List.of("q", "kt")).node("Softmax", "p", List.of("s"));
    g.node("MatMul", "m", List.of("p", "v")).node("MatMul", "a", List.of("m", "o"));
    g.node("Add", "r", List.of("x", "a"));
    g.node("SimplifiedLayerNormalization", "n2", List.of("r", "gain2"));
    g.node("MatMul", "y", List.of("n2", "head")).output("y", 2, 3, 4);
    RotationResult result = Rotation.rotate(g.model(), RotationOptions.defaults());
    assertTrue(result.refused().get(0).reason().contains("Split"), result.refused().toString());
    assertTrue(result.changed());
    Ort.assertSame(g.model(), result.model(), TOLERANCE);
  }

  @Test
  void theMeanOfAnRmsStreamStays() {
    Model model = Transformers.small().model();
    Model rotated = Rotation.rotate(model, new RotationOptions(0, true, false, false)).model();
    double before = energy(values(model, "embed.weight"));
    assertEquals(before, energy(values(rotated, "embed.weight")), before * 1e-6);
  }

  @Test
  void aSeedIsAModel() {
    Model model = Transformers.small().model();
    Model once = Rotation.rotate(model, RotationOptions.defaults().withSeed(3)).model();
    Model again = Rotation.rotate(model, RotationOptions.defaults().withSeed(3)).model();
    Model other = Rotation.rotate(model, RotationOptions.defaults().withSeed(4)).model();
    once.graph()
        .initializers()
        .forEach((name, t) -> assertArrayEquals(t.toFloats(), values(again, name), name));
    assertRotated(once, other, "layer0.q.weight");
  }

  @Test
  void outliersSpreadOverTheChannels() {
    Model model = outliers(Transformers.small().model());
    Model rotated = Rotation.rotate(model, RotationOptions.defaults()).model();
    assertTrue(kurtosis(values(model, "embed.weight")) > 15);
    assertTrue(kurtosis(values(rotated, "embed.weight")) < 6);
  }

  @Test
  void aModelWithoutTransformersStaysTheSameObject() {
    Graphs g = Graphs.graph().input("x", 2, 8).weight("w", 8, 8).weight("v", 8, 4);
    g.node("MatMul", "h", List.of("x", "w")).node("Relu", "r", List.of("h"));
    g.node("MatMul", "y", List.of("r", "v")).output("y", 2, 4);
    Model model = g.model();
    RotationResult result = Rotation.rotate(model, ALL);
    assertSame(model, result.model());
    assertFalse(result.changed());
  }

  @Test
  void aReaderThatSeesTheMeanStopsALayerNormStream() {
    Graphs g = Graphs.graph().input("ids", ElementType.INT64, 2, 3);
    g.weight("table", 9, 8).weight("w", 8, 8).weight("side", 8, 8).weight("head", 8, 4);
    g.uniform("gain", 0.5, 2, 8).weight("shift", 8);
    g.node("Gather", "x", List.of("table", "ids"));
    g.node("LayerNormalization", "n", List.of("x", "gain", "shift"));
    g.node("MatMul", "a", List.of("n", "w")).node("MatMul", "b", List.of("x", "side"));
    g.node("Add", "s", List.of("a", "b")).node("MatMul", "y", List.of("s", "head"));
    g.output("y", 2, 3, 4);
    RotationResult result = Rotation.rotate(g.model(17), RotationOptions.defaults());
    assertEquals("table", result.refused().get(0).name());
    assertTrue(result.refused().get(0).reason().contains("'side'"));
  }

  @Test
  void gemmsAreReadersAndWriters() {
    Graphs g = Graphs.graph().input("ids", ElementType.INT64, 3);
    g.weight("table", 9, 8).weight("w", 16, 8).weight("wb", 16).weight("v", 16, 8).weight("vb", 8);
    g.weight("head", 4, 8).uniform("gain", 0.5, 2, 8).weight("shift", 8);
    g.node("Gather", "x", List.of("table", "ids"));
    g.node("LayerNormalization", "n", List.of("x", "gain", "shift"));
    g.node("Gemm", "h", List.of("n", "w", "wb"), Attribute.of("transB", 1));
    g.node("Relu", "r", List.of("h"));
    g.node("Gemm", "d", List.of("r", "v", "vb"));
    g.node("Add", "s", List.of("x", "d"));
    g.uniform("gain2", 0.5, 2, 8).weight("shift2", 8);
    g.node("LayerNormalization", "n2", List.of("s", "gain2", "shift2"));
    g.node("Gemm", "y", List.of("n2", "head"), Attribute.of("transB", 1));
    g.output("y", 3, 4);
    RotationResult result = Rotation.rotate(g.model(18), ALL);
    assertEquals(List.of(), result.refused());
    Ort.assertSame(g.model(18), result.model(), TOLERANCE);
  }

  /** The same model computing in FLOAT16, its logits cast back. */
  private static Model half(Model model) {
    Map<String, Tensor> initializers = new LinkedHashMap<>();
    model
        .graph()
        .initializers()
        .forEach(
            (n, t) ->
                initializers.put(
                    n,
                    t.type() == ElementType.FLOAT
                        ? TensorViews.cast(t, ElementType.FLOAT16).orElseThrow()
                        : t));
    List<Node> nodes = new ArrayList<>();
    for (Node node : model.graph().nodes()) {
      boolean last = node.outputs().contains("logits");
      nodes.add(last ? node.withOutputs(List.of("logits_half")) : node);
    }
    nodes.add(Node.of("Cast", List.of("logits_half"), List.of("logits"), Attribute.of("to", 1)));
    return model.withGraph(model.graph().withInitializers(initializers).withNodes(nodes));
  }

  private static void assertRotated(Model before, Model after, String... names) {
    for (String name : names) {
      assertTrue(Ort.difference(values(before, name), values(after, name)) > 1e-2, name);
    }
  }

  private static float[] values(Model model, String name) {
    Tensor tensor = model.graph().initializers().get(name);
    assertTrue(tensor != null, name);
    return tensor.toFloats();
  }

  /** Two channels of the table thirty times as large as the others. */
  private static Model outliers(Model model) {
    Map<String, Tensor> initializers = new LinkedHashMap<>(model.graph().initializers());
    float[] table = values(model, "embed.weight");
    for (int i = 0; i < table.length; i += 48) {
      table[i + 5] *= 30;
      table[i + 31] *= 30;
    }
    initializers.put(
        "embed.weight", Tensor.ofFloats("embed.weight", new long[] {table.length / 48, 48}, table));
    return model.withGraph(model.graph().withInitializers(initializers));
  }

  private static double energy(float[] values) {
    double sum = 0;
    for (float v : values) {
      sum += (double) v * v;
    }
    return sum;
  }

  private static double kurtosis(float[] values) {
    double fourth = 0;
    for (float v : values) {
      fourth += Math.pow(v, 4);
    }
    return fourth * values.length / Math.pow(energy(values), 2);
  }
}
