package io.compressor.graph.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Graphs;
import io.compressor.graph.Ort;
import io.compressor.graph.channel.Transformers.Spelling;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ChannelGroupsTest {
  static Stream<Model> models() {
    return Stream.of(
        Transformers.small().model(),
        Transformers.small().biases().norms(Spelling.RECIPROCAL).model(),
        Transformers.small().norms(Spelling.SKIP).model(),
        Transformers.small().norms(Spelling.LAYER_SKIP).biases().model(),
        Transformers.small().norms(Spelling.LAYER).positions().model(),
        Transformers.small().norms(Spelling.LAYER_SPELLED).postNorm().biases().model(),
        convolutions());
  }

  /** The definition: every channel order, and every scale where allowed, leaves the outputs. */
  @ParameterizedTest
  @MethodSource("models")
  void whatAGroupAllowsChangesNothing(Model model) {
    int changed = 0;
    for (ChannelGroup group : ChannelGroups.of(model)) {
      if (group.transformation().allows(Transformation.PERMUTATION)) {
        double[] factor = new double[group.size()];
        boolean scales = group.transformation().allows(Transformation.POSITIVE_SCALING);
        for (int c = 0; c < factor.length; c++) {
          factor[c] = scales ? 0.5 + c % 3 : 1;
        }
        Model other = GroupChange.apply(model, group, shuffled(group.size()), factor);
        Ort.assertSame(model, other, 2e-5);
        changed++;
      }
    }
    assertTrue(changed >= 3, changed + " groups");
  }

  /** Against the definition, and back again: P · P⁻¹ = id to the bit. */
  @ParameterizedTest
  @MethodSource("models")
  void anOrderIsWhatTheDefinitionSays(Model model) {
    GraphIndex index = new GraphIndex(model);
    Map<ChannelGroup, int[]> all = new LinkedHashMap<>();
    for (ChannelGroup group : ChannelGroups.of(index)) {
      boolean allowed = group.transformation().allows(Transformation.PERMUTATION);
      if (!allowed) {
        assertTrue(ChannelOrder.refusal(group, index).isPresent(), group.name());
      } else if (ChannelOrder.refusal(group, index).isEmpty()) {
        int[] order = shuffled(group.size());
        double[] ones = new double[order.length];
        Arrays.fill(ones, 1);
        Model expected = GroupChange.apply(model, group, order, ones);
        assertSameConstants(expected, ChannelOrder.of(model, Map.of(group, order)));
        all.put(group, order);
      }
    }
    assertTrue(all.size() >= 3, all.size() + " groups");
    Model other = ChannelOrder.of(model, all);
    Ort.assertSame(model, other, 2e-5);
    Map<ChannelGroup, int[]> back = new LinkedHashMap<>();
    for (ChannelGroup group : ChannelGroups.of(other)) {
      all.forEach(
          (was, order) -> {
            if (was.name().equals(group.name()) && was.size() == group.size()) {
              back.put(group, inverse(order));
            }
          });
    }
    assertSameConstants(model, ChannelOrder.of(other, back));
  }

  private static int[] inverse(int[] order) {
    int[] inverse = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      inverse[order[i]] = i;
    }
    return inverse;
  }

  private static void assertSameConstants(Model expected, Model actual) {
    assertFalse(actual.graph().initializers().isEmpty());
    actual
        .graph()
        .initializers()
        .forEach(
            (name, have) -> {
              Tensor t = expected.graph().initializers().get(name);
              assertArrayEquals(t.dims(), have.dims(), name);
              if (t.type() == ElementType.FLOAT) {
                assertArrayEquals(t.toFloats(), have.toFloats(), name);
              }
            });
  }

  @ParameterizedTest
  @EnumSource(Spelling.class)
  void theResidualStreamIsOneRotatableGroupInEverySpelling(Spelling spelling) {
    Model model = Transformers.small().norms(spelling).model();
    ChannelGroup stream = ChannelGroups.of(model).get(0);
    assertEquals("embed.weight", stream.name());
    assertEquals(48, stream.size());
    assertEquals(Transformation.ORTHOGONAL, stream.transformation(), stream.barriers().toString());
    assertEquals(
        List.of(
            "embed.weight",
            "layer0.o.weight",
            "layer0.down.weight",
            "layer1.o.weight",
            "layer1.down.weight"),
        stream.writers().stream().map(e -> e.site().name()).toList());
    assertEquals(11, stream.readers().size());
    assertEquals(5, stream.norms().size());
    assertTrue(stream.norms().stream().noneMatch(n -> n.readers().isEmpty()));
    assertEquals(
        spelling.name().startsWith("LAYER") ? Norm.Kind.LAYER : Norm.Kind.RMS,
        stream.norms().get(0).norm().kind());
  }

  @Test
  void valuesAreOneGroupAHeadThroughRepeatedHeads() {
    ChannelGroup values = named(Transformers.small().biases().model(), "layer0.v.weight");
    assertEquals(12, values.size());
    assertEquals(Transformation.INVERTIBLE, values.transformation());
    assertEquals(2, values.writers().get(0).blocks());
    assertEquals("layer0.o.weight", values.readers().get(0).site().name());
    assertEquals(4, values.readers().get(0).blocks());
    assertTrue(values.hasHeads());
  }

  @Test
  void neuronsOfAGatedLayerPermute() {
    ChannelGroup neurons = named(Transformers.small().model(), "layer0.gate.weight");
    assertEquals(Transformation.PERMUTATION, neurons.transformation());
    assertEquals(2, neurons.writers().size());
    assertEquals("layer0.down.weight", neurons.readers().get(0).site().name());
  }

  @Test
  void aGainInsideTheStreamStopsRotationByName() {
    Model model = Transformers.small().norms(Spelling.LAYER_SPELLED).postNorm().biases().model();
    ChannelGroup stream = ChannelGroups.of(model).get(0);
    assertFalse(stream.transformation().allows(Transformation.ORTHOGONAL));
    assertTrue(stream.transformation().allows(Transformation.PERMUTATION));
    Barrier barrier = stream.barriers().get(0);
    assertEquals("layer0.norm1.gain", barrier.at());
    assertTrue(barrier.reason().contains("post-norm"), barrier.reason());
  }

  @Test
  void cachedValuesStayAsTheyAre() {
    ChannelGroup values = named(Transformers.small().cache().model(), "layer0.v.weight");
    assertEquals(Transformation.NONE, values.transformation());
    assertTrue(
        values.barriers().stream().anyMatch(b -> b.at().equals("layer0.past_v")),
        values.barriers().toString());
  }

  @Test
  void probabilitiesOfUnknownRankDoNotHideTheValues() {
    Graphs g = Graphs.graph().input("x", 2, 5, 8).weight("w", 8, 6).weight("v", 6, 4);
    g.input("ids", ElementType.INT64, 2, 5).longs("depth", 5).floats("onoff", 0, 1);
    g.node("OneHot", "p", List.of("ids", "depth", "onoff"));
    g.node("MatMul", "h", List.of("x", "w")).node("MatMul", "m", List.of("p", "h"));
    g.node("MatMul", "y", List.of("m", "v")).output("y", 2, 5, 4);
    ChannelGroup values = named(g.model(), "w");
    assertEquals(Transformation.INVERTIBLE, values.transformation());
    assertEquals("v", values.readers().get(0).site().name());
  }

  @Test
  void rotaryPairsStop() {
    Graphs g = Graphs.graph().input("x", 2, 8).weight("w", 8, 8).longs("zero", 0).longs("four", 4);
    g.longs("eight", 8).longs("axis", -1);
    g.node("MatMul", "q", List.of("x", "w"));
    g.node("Slice", "a", List.of("q", "zero", "four", "axis"));
    g.node("Slice", "b", List.of("q", "four", "eight", "axis"));
    g.node("Neg", "nb", List.of("b"));
    g.node("Concat", "y", List.of("nb", "a"), Attribute.of("axis", -1));
    g.output("y", 2, 8);
    ChannelGroup q =
        ChannelGroups.of(g.model()).stream().filter(c -> !c.writers().isEmpty()).findFirst().get();
    assertEquals(Transformation.NONE, q.transformation());
    assertTrue(q.barriers().get(0).reason().contains("rotary"), q.barriers().toString());
  }

  @Test
  void operatorsWithoutARuleStop() {
    Graphs g = Graphs.graph().input("x", 2, 8).weight("w", 8, 8).weight("v", 8, 4);
    g.node("MatMul", "h", List.of("x", "w"));
    g.node("LpNormalization", "n", List.of("h"));
    g.node("MatMul", "y", List.of("n", "v"));
    g.output("y", 2, 4);
    ChannelGroups.of(g.model()).forEach(c -> assertEquals(Transformation.NONE, c.transformation()));
  }

  @Test
  void aWeightOfTwoLayersIsNotChanged() {
    Graphs g = Graphs.graph().input("x", 2, 8).weight("w", 8, 8).weight("v", 8, 4);
    g.node("MatMul", "h", List.of("x", "w"));
    g.node("MatMul", "i", List.of("h", "w"));
    g.node("MatMul", "y", List.of("i", "v"));
    g.output("y", 2, 4);
    List<ChannelGroup> groups = ChannelGroups.of(g.model());
    assertEquals(4, groups.size());
    groups.forEach(c -> assertEquals(Transformation.NONE, c.transformation(), c.toString()));
  }

  private static ChannelGroup named(Model model, String name) {
    return ChannelGroups.of(model).stream()
        .filter(g -> g.name().equals(name) && !g.readers().isEmpty())
        .findFirst()
        .orElseThrow();
  }

  private static int[] shuffled(int n) {
    int[] order = IntStream.range(0, n).toArray();
    SplittableRandom random = new SplittableRandom(n);
    for (int i = n - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    return order;
  }

  /** Conv → Relu → MaxPool → Conv (+ shortcut) → pooled → Gemm. */
  private static Model convolutions() {
    Graphs g = Graphs.graph().input("x", 2, 3, 8, 8);
    g.weight("c1", 6, 3, 3, 3).weight("c1b", 6).weight("c2", 6, 6, 3, 3).weight("fc", 4, 6);
    Attribute pads = Attribute.of("pads", new long[] {1, 1, 1, 1});
    g.node("Conv", "a", List.of("x", "c1", "c1b"), pads);
    g.node("Relu", "b", List.of("a"));
    g.node("Conv", "c", List.of("b", "c2"), pads);
    g.node("Add", "d", List.of("b", "c"));
    g.weight("c3", 5, 6, 1, 1).weight("c4", 7, 5, 3, 3);
    g.node("Conv", "e", List.of("d", "c3"));
    g.node("MaxPool", "f", List.of("e"), Attribute.of("kernel_shape", new long[] {2, 2}));
    g.node("Conv", "h", List.of("f", "c4"));
    g.weight("fc7", 4, 7);
    g.node("GlobalAveragePool", "i", List.of("h"));
    g.node("Flatten", "j", List.of("i"));
    g.node("Gemm", "y", List.of("j", "fc7"), Attribute.of("transB", 1));
    g.output("y", 2, 4);
    return g.model();
  }
}
