package io.compressor.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.ir.Attribute;
import io.compressor.ir.AttributeValue;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Float16;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GraphIndexTest {

  @Test
  void capturesAndGraphOutputsCountAsUses() {
    Graph inner = Graphs.graph().node("Relu", "r", List.of("h")).output("r").build();
    Node branch =
        Node.of(
            "If",
            List.of("c"),
            List.of("y"),
            Attribute.of("then_branch", new AttributeValue.OfGraph(inner)));
    GraphIndex index =
        new GraphIndex(
            Graphs.graph()
                .input("c", ElementType.BOOL)
                .input("x", 2)
                .node("Relu", "h", List.of("x"))
                .node(branch)
                .output("y")
                .output("x")
                .model());
    assertEquals(List.of(branch), index.consumers("h"));
    assertTrue(index.soleConsumer("h").isPresent());
    assertFalse(index.soleConsumer("x").isPresent());
    assertEquals("Relu", index.producer("h").orElseThrow().opType());
    assertFalse(index.isUsed("r"));
  }

  @Test
  void aNodeThatReadsAValueTwiceIsOneConsumer() {
    GraphIndex index =
        new GraphIndex(
            Graphs.graph().input("x", 2).node("Mul", "y", List.of("x", "x")).output("y").model());
    assertEquals(1, index.consumers("x").size());
  }

  @Test
  void anInitializerIsItselfNotACopy() {
    Model model = Graphs.graph().weight("w", 2, 3).model();
    assertSame(
        model.graph().initializers().get("w"), new GraphIndex(model).constant("w").orElseThrow());
  }

  @Test
  void anOverridableInitializerIsConstantOnlyBelowIrVersion4() {
    Model model = Graphs.graph().input("w", 2, 3).weight("w", 2, 3).model();
    assertTrue(new GraphIndex(model.withIrVersion(3)).constant("w").isPresent());
    assertTrue(new GraphIndex(model.withIrVersion(4)).constant("w").isEmpty());
  }

  @Test
  void everyKindOfConstantNodeIsResolved() {
    Model model =
        Graphs.graph()
            .node(literal("t", Attribute.of("value", Graphs.random("", 1, 2, 2))))
            .node(literal("f", Attribute.of("value_float", 1.5f)))
            .node(
                literal(
                    "fs",
                    Attribute.of("value_floats", new AttributeValue.OfFloats(new float[] {1, 2}))))
            .node(literal("i", Attribute.of("value_int", 7)))
            .node(literal("is", Attribute.of("value_ints", new long[] {3, 4})))
            .node(literal("s", Attribute.of("value_string", "x")))
            .model();
    GraphIndex index = new GraphIndex(model);
    assertEquals("t", index.constant("t").orElseThrow().name());
    assertArrayEquals(new float[] {1.5f}, index.constant("f").orElseThrow().toFloats());
    assertArrayEquals(new float[] {1, 2}, index.constant("fs").orElseThrow().toFloats());
    assertArrayEquals(new long[] {7}, index.constant("i").orElseThrow().toLongs());
    assertArrayEquals(new long[] {3, 4}, index.constant("is").orElseThrow().toLongs());
    assertTrue(index.constant("s").isEmpty());
  }

  @Test
  void chainsOfViewsAreResolvedAndNameTheirRoot() {
    Model model =
        Graphs.graph()
            .weight("w", 2, 3)
            .longs("shape", -1, 1)
            .longs("axes", 1)
            .node("Identity", "a", List.of("w"))
            .node("Transpose", "b", List.of("a"))
            .node("Transpose", "c", List.of("b"), Attribute.of("perm", new long[] {1, 0}))
            .node("Reshape", "d", List.of("b", "shape"))
            .node("Squeeze", "e", List.of("d", "axes"))
            .node("Unsqueeze", "f", List.of("e"), Attribute.of("axes", new long[] {0, 2}))
            .model();
    GraphIndex index = new GraphIndex(model);
    float[] w = index.constant("w").orElseThrow().toFloats();
    float[] t = {w[0], w[3], w[1], w[4], w[2], w[5]};
    assertArrayEquals(t, index.constant("b").orElseThrow().toFloats());
    assertArrayEquals(w, index.constant("c").orElseThrow().toFloats());
    assertArrayEquals(new long[] {6, 1}, index.constant("d").orElseThrow().dims());
    assertArrayEquals(new long[] {6}, index.constant("e").orElseThrow().dims());
    assertArrayEquals(new long[] {1, 6, 1}, index.constant("f").orElseThrow().dims());
    assertArrayEquals(t, index.constant("f").orElseThrow().toFloats());
    assertEquals("w", index.source("f").orElseThrow().root());
    assertEquals(ConstantSource.View.TRANSPOSED, index.source("b").orElseThrow().view());
    assertEquals(ConstantSource.View.SAME, index.source("c").orElseThrow().view());
  }

  @Test
  void narrowFloatsAndDoublesAreCastToFloatButIntegersAreNot() {
    ByteBuffer half = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    half.putShort(0, Float16.fromFloat(0.5f)).putShort(2, Float16.fromFloat(-2));
    Model model =
        Graphs.graph()
            .constant(Tensor.of("h", ElementType.FLOAT16, new long[] {2}, Bytes.of(half)))
            .constant(Tensor.ofDoubles("d", new long[] {1}, new double[] {0.25}))
            .longs("i", 3)
            .node("Cast", "hf", List.of("h"), Attribute.of("to", 1))
            .node("Cast", "df", List.of("d"), Attribute.of("to", 1))
            .floats("f", 0.1f)
            .node("Cast", "fh", List.of("f"), Attribute.of("to", 10))
            .node("Cast", "if", List.of("i"), Attribute.of("to", 1))
            .model();
    GraphIndex index = new GraphIndex(model);
    assertArrayEquals(new float[] {0.5f, -2}, index.constant("hf").orElseThrow().toFloats());
    assertArrayEquals(new float[] {0.25f}, index.constant("df").orElseThrow().toFloats());
    assertEquals(0.1f, index.constant("fh").orElseThrow().toFloats()[0], 0x1p-14f);
    assertTrue(index.constant("if").isEmpty());
  }

  @Test
  void derivedBytesAreOnlyComputedWhenRead() {
    AtomicInteger reads = new AtomicInteger();
    Bytes lazy =
        new Bytes.Derived(
            24,
            () -> {
              reads.incrementAndGet();
              return ByteBuffer.allocate(24);
            });
    Model model =
        Graphs.graph()
            .constant(Tensor.of("w", ElementType.FLOAT, new long[] {2, 3}, lazy))
            .node("Transpose", "t", List.of("w"))
            .model();
    Tensor t = new GraphIndex(model).constant("t").orElseThrow();
    assertArrayEquals(new long[] {3, 2}, t.dims());
    assertEquals(0, reads.get());
    t.toFloats();
    assertEquals(1, reads.get());
  }

  @Test
  void quantizedAndComputedValuesAreNotConstant() {
    Model model =
        Graphs.graph()
            .weight("w", 2, 2)
            .floats("s", 1)
            .node("DequantizeLinear", "q", List.of("w", "s"))
            .node("Relu", "r", List.of("w"))
            .model();
    GraphIndex index = new GraphIndex(model);
    assertTrue(index.constant("q").isEmpty());
    assertTrue(index.constant("r").isEmpty());
    assertTrue(index.constant("nowhere").isEmpty());
  }

  @Test
  void invalidViewsAndCyclesAreNotConstant() {
    Model model =
        Graphs.graph()
            .weight("w", 2, 3)
            .longs("bad", 4, -1)
            .longs("two", -1, -1)
            .longs("axes", 5)
            .node("Reshape", "a", List.of("w", "bad"))
            .node("Reshape", "b", List.of("w", "two"))
            .node("Squeeze", "c", List.of("w", "axes"))
            .node("Unsqueeze", "d", List.of("w", "axes"))
            .node("Transpose", "e", List.of("w"), Attribute.of("perm", new long[] {0, 0}))
            .node("Reshape", "loop", List.of("loop", "loop"))
            .node("Identity", "p", List.of("q"))
            .node("Identity", "q", List.of("p"))
            .model();
    GraphIndex index = new GraphIndex(model);
    for (String value : List.of("a", "b", "c", "d", "e", "loop", "p", "q")) {
      assertTrue(index.constant(value).isEmpty(), value);
    }
  }

  @Test
  void anEndlessChainIsGivenUpNotFollowed() {
    Graphs graph = Graphs.graph().weight("v0", 1);
    for (int i = 1; i <= 20_000; i++) {
      graph.node("Identity", "v" + i, List.of("v" + (i - 1)));
    }
    assertTrue(new GraphIndex(graph.model()).constant("v20000").isEmpty());
  }

  @Test
  void transposingAnyRankMatchesTheDefinition() {
    Tensor t = Graphs.random("t", 1, 2, 3, 4, 5);
    int[] perm = {2, 0, 3, 1};
    Tensor p = TensorViews.transpose(t, perm).orElseThrow();
    assertArrayEquals(new long[] {4, 2, 5, 3}, p.dims());
    float[] from = t.toFloats();
    float[] to = p.toFloats();
    for (int a = 0, at = 0; a < 4; a++) {
      for (int b = 0; b < 2; b++) {
        for (int c = 0; c < 5; c++) {
          for (int d = 0; d < 3; d++, at++) {
            assertEquals(from[((b * 3 + d) * 4 + a) * 5 + c], to[at]);
          }
        }
      }
    }
  }

  private static Node literal(String output, Attribute value) {
    return Node.of("Constant", List.of(), List.of(output), value);
  }
}
