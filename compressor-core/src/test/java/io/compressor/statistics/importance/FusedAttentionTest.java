package io.compressor.statistics.importance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.ValueTypes;
import io.compressor.ir.Attribute;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.statistics.Emit;
import io.compressor.statistics.MemoryData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The oracle is ONNX Runtime's own operator: its output must be the probabilities times values. */
class FusedAttentionTest {
  private static final String CONTRIB = "com.microsoft";
  private static final Blocks PLAIN = new Blocks(17, 2, 2, false, true);
  private static final Blocks GROUPED = new Blocks(17, 2, 1, true, true);
  private static final Blocks STANDARD = new Blocks(23, 2, 1, true, true);
  private static final int[] LENGTHS = {5, 8, 3};
  private static final int LONGEST = 8;

  static Stream<Arguments> recomputed() {
    Attribute heads = Attribute.of("num_heads", 2L);
    Attribute causal = Attribute.of("unidirectional", 1L);
    Attribute one = Attribute.of("kv_num_heads", 1L);
    Attribute q2 = Attribute.of("q_num_heads", 2L);
    return Stream.of(
        both("bias", PLAIN, List.of("x", "wqkv", "bias"), "Attention", heads),
        both("mask", PLAIN, List.of("x", "wqkv", "bias", "ints"), "Attention", heads),
        both("lengths", PLAIN, List.of("x", "wqkv", "bias", "lengths"), "Attention", heads),
        both("causal", PLAIN, List.of("x", "wqkv", "bias", "ints"), "Attention", heads, causal),
        both(
            "scale",
            PLAIN,
            List.of("x", "wqkv", "bias"),
            "Attention",
            heads,
            Attribute.of("scale", 0.3f)),
        both("plain", PLAIN, List.of("q", "k", "v"), "MultiHeadAttention", heads),
        both("causal", PLAIN, List.of("q", "k", "v"), "MultiHeadAttention", heads, causal),
        both("bias", PLAIN, List.of("q", "k", "v", "bias"), "MultiHeadAttention", heads),
        both("mask", PLAIN, List.of("q", "k", "v", "bias", "ints"), "MultiHeadAttention", heads),
        both(
            "position bias",
            PLAIN,
            List.of("q", "k", "v", "", "ints", "relative"),
            "MultiHeadAttention",
            heads),
        both("plain", GROUPED, groups(), "GroupQueryAttention", heads, one),
        both(
            "softcap",
            GROUPED,
            groups(),
            "GroupQueryAttention",
            heads,
            one,
            Attribute.of("softcap", 0.7f)),
        both(
            "rotary",
            GROUPED,
            groups("cos", "sin"),
            "GroupQueryAttention",
            heads,
            one,
            Attribute.of("do_rotary", 1L)),
        both(
            "interleaved",
            GROUPED,
            groups("cos", "sin"),
            "GroupQueryAttention",
            heads,
            one,
            Attribute.of("do_rotary", 1L),
            Attribute.of("rotary_interleaved", 1L)),
        standard("plain", List.of("q", "k", "v"), q2, one),
        standard("causal", List.of("q", "k", "v"), q2, one, Attribute.of("is_causal", 1L)),
        standard("marks", List.of("q", "k", "v", "marks"), q2, one),
        standard("numbers", List.of("q", "k", "v", "relative"), q2, one),
        standard(
            "softcap and order",
            List.of("q", "k", "v"),
            q2,
            one,
            Attribute.of("softcap", 0.7f),
            Attribute.of("is_causal", 1L)),
        standard(
            "softcap and numbers",
            List.of("q", "k", "v", "relative"),
            q2,
            one,
            Attribute.of("softcap", 0.7f)),
        standard(
            "softcap and marks",
            List.of("q", "k", "v", "marks"),
            q2,
            one,
            Attribute.of("softcap", 0.7f)),
        standard("softcap", List.of("q", "k", "v"), q2, one, Attribute.of("softcap", 0.7f)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("recomputed")
  void probabilitiesTimesValuesAreTheOutput(String name, Blocks block, Node attention) {
    Model model = model(block, attention);
    Ops ops = new Ops(new Emit(model, "test"));
    GraphIndex index = new GraphIndex(model);
    FusedAttention fused = new FusedAttention(index, new ValueTypes(index), attention);
    assertEquals(Optional.empty(), fused.refusal());
    String a = new FusedProbabilities(ops, fused).emit();
    MemoryData data = Blocks.data(LENGTHS);
    Map<String, Tensor> found =
        Blocks.run(ops.emit().append(List.of(a)), data.batch(0, LENGTHS.length).inputs());
    float[] y = found.get("y").toFloats();
    float[] p = found.get(a).toFloats();
    boolean biased =
        attention.input(attention.opType().equals("Attention") ? 2 : 3).stream()
            .anyMatch("bias"::equals);
    for (int b = 0; b < LENGTHS.length; b++) {
      double[][] v = values(block, data, b, biased);
      for (int i = 0; i < LENGTHS[b]; i++) {
        for (int c = 0; c < Blocks.WIDTH; c++) {
          int head = c / block.headSize();
          int column = head / (2 / block.keyHeads()) * block.headSize() + c % block.headSize();
          double sum = 0;
          for (int j = 0; j < LONGEST; j++) {
            sum += p[((b * 2 + head) * LONGEST + i) * LONGEST + j] * v[j][column];
          }
          assertEquals(sum, y[(b * LONGEST + i) * Blocks.WIDTH + c], 1e-4);
        }
      }
    }
  }

  @Test
  void weightsEqualThoseOfTheDecomposedGraph() {
    Attribute heads = Attribute.of("num_heads", 2L);
    assertSame(PLAIN, node(PLAIN, List.of("x", "wqkv", "no bias", "ints"), "Attention", heads));
    assertSame(PLAIN, node(PLAIN, List.of("q", "k", "v", "", "ints"), "MultiHeadAttention", heads));
    assertSame(
        GROUPED,
        node(GROUPED, groups(), "GroupQueryAttention", heads, Attribute.of("kv_num_heads", 1L)));
    assertSame(
        STANDARD,
        Node.of(
            "Attention",
            List.of("q", "k", "v"),
            List.of("y"),
            Attribute.of("q_num_heads", 2L),
            Attribute.of("kv_num_heads", 1L),
            Attribute.of("is_causal", 1L)));
  }

  @Test
  void whatCannotBeKnownIsRefused() {
    Attribute heads = Attribute.of("num_heads", 2L);
    Attribute one = Attribute.of("kv_num_heads", 1L);
    assertRefused("packed", PLAIN, List.of("q"), "MultiHeadAttention", heads);
    assertRefused(
        "earlier tokens",
        PLAIN,
        List.of("q", "k", "v", "", "", "", "past", "past"),
        "MultiHeadAttention",
        heads);
    assertRefused("mask", PLAIN, List.of("x", "wqkv", "", "row"), "Attention", heads);
    assertRefused("weight", PLAIN, List.of("x", "q"), "Attention", heads);
    assertRefused("heads", PLAIN, List.of("q", "k", "v"), "MultiHeadAttention");
    assertRefused(
        "window",
        GROUPED,
        groups(),
        "GroupQueryAttention",
        heads,
        one,
        Attribute.of("local_window_size", 4L));
  }

  private static void assertRefused(
      String word, Blocks block, List<String> inputs, String op, Attribute... attributes) {
    Model model = model(block, node(block, inputs, op, attributes));
    String refusal = AttentionFinder.find(model).get(0).refusal().orElseThrow();
    assertTrue(refusal.contains(word), refusal);
    CompressorException error =
        assertThrows(
            CompressorException.class,
            () ->
                ImportanceGraph.append(
                    model,
                    ImportanceOptions.published(),
                    "x",
                    "y",
                    Optional.empty(),
                    Optional.empty()));
    assertTrue(error.getMessage().contains(refusal) && error.hint().contains("act-norm"));
  }

  private static void assertSame(Blocks block, Node fused) {
    Map<String, Tensor> feeds = Blocks.data(LENGTHS).batch(0, LENGTHS.length).inputs();
    float[] expected = weights(block.model(), feeds);
    float[] found = weights(model(block, fused), feeds);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], 1e-4, fused.opType());
    }
  }

  private static float[] weights(Model model, Map<String, Tensor> feeds) {
    ImportanceGraph.Appended appended =
        ImportanceGraph.append(
            model,
            ImportanceOptions.published(),
            "x",
            "y",
            Optional.of("attention_mask"),
            Optional.empty());
    return Blocks.run(appended.model(), appended.output(), feeds);
  }

  private static double[][] values(Blocks block, MemoryData data, int b, boolean biased) {
    double[][] x =
        Expected.rows(
            Arrays.copyOf(data.samples().get(b).get("x").toFloats(), LONGEST * Blocks.WIDTH),
            Blocks.WIDTH);
    Map<String, Tensor> constants = block.model().graph().initializers();
    int width = block.keyHeads() * block.headSize();
    double[][] v = Expected.times(x, Expected.rows(constants.get("wv").toFloats(), width));
    float[] bias = Blocks.noise("bias", 5, 3 * Blocks.WIDTH).toFloats();
    for (double[] row : v) {
      for (int c = 0; c < width && biased; c++) {
        row[c] += bias[2 * Blocks.WIDTH + c];
      }
    }
    return v;
  }

  private static Arguments both(
      String name, Blocks block, List<String> inputs, String op, Attribute... attributes) {
    return Arguments.of(op + " " + name, block, node(block, inputs, op, attributes));
  }

  private static Arguments standard(String name, List<String> inputs, Attribute... attributes) {
    Node node = Node.of("Attention", inputs, List.of("y"), attributes);
    return Arguments.of("Attention 23 " + name, STANDARD, node);
  }

  private static Node node(Blocks block, List<String> inputs, String op, Attribute... attributes) {
    List<String> outputs =
        op.equals("GroupQueryAttention") ? List.of("y", "present.k", "present.v") : List.of("y");
    return Node.in(CONTRIB, op, inputs, outputs, attributes);
  }

  private static List<String> groups(String... tables) {
    List<String> inputs = new ArrayList<>(List.of("q", "k", "v", "", "", "lastKey", "longest"));
    inputs.addAll(List.of(tables));
    return inputs;
  }

  /** Around the attention, every form of mask that some test reads. */
  private static Model model(Blocks block, Node attention) {
    Attribute toInt = Attribute.of("to", 6L);
    return block.around(
        List.of(
            Node.of("MatMul", List.of("x", "wq"), List.of("q")),
            Node.of("MatMul", List.of("x", "wk"), List.of("k")),
            Node.of("MatMul", List.of("x", "wv"), List.of("v")),
            Node.of("Cast", List.of("attention_mask"), List.of("ints"), toInt),
            Node.of(
                "ReduceSum",
                List.of("ints", "second"),
                List.of("lengths"),
                Attribute.of("keepdims", 0L)),
            Node.of("Sub", List.of("lengths", "oneInt"), List.of("lastKey")),
            Node.of("Shape", List.of("x"), List.of("x.shape")),
            Node.of("Gather", List.of("x.shape", "one"), List.of("t")),
            Node.of("Cast", List.of("t"), List.of("longest"), toInt),
            Node.of("Cast", List.of("attention_mask"), List.of("real"), Attribute.of("to", 9L)),
            Node.of("Reshape", List.of("real", "keys"), List.of("realKeys")),
            Node.of("Reshape", List.of("real", "queries"), List.of("realQueries")),
            Node.of("Not", List.of("realQueries"), List.of("otherQueries")),
            Node.of("Or", List.of("realQueries", "otherQueries"), List.of("allQueries")),
            Node.of("And", List.of("realKeys", "allQueries"), List.of("marks")),
            Node.of("Reshape", List.of("ints", "flatMask"), List.of("row")),
            attention),
        "y");
  }
}
