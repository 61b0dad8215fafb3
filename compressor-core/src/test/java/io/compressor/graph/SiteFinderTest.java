package io.compressor.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.ir.Attribute;
import io.compressor.ir.AttributeValue;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Function;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SiteFinderTest {

  @Test
  void aRightOperandIsReadTransposed() {
    Site site =
        one(Graphs.graph().input("x", 4, 3).weight("w", 3, 2).node("MatMul", "y", ins("x", "w")));
    assertEquals(SiteKind.MATMUL, site.kind());
    assertEquals("w", site.name());
    assertEquals(2, site.out());
    assertEquals(3, site.in());
    assertEquals("x", site.input());
    assertEquals("y", site.output());
    float[] w = site.weight().toFloats();
    assertArrayEquals(new float[] {w[0], w[2], w[4], w[1], w[3], w[5]}, site.weightMatrix());
  }

  @Test
  void aLeftOperandIsReadAsItIs() {
    Site site =
        one(Graphs.graph().input("x", 3, 4).weight("w", 2, 3).node("MatMul", "y", ins("w", "x")));
    assertEquals(0, site.weightInput());
    assertEquals("x", site.input());
    assertEquals(2, site.out());
    assertArrayEquals(site.weight().toFloats(), site.weightMatrix());
  }

  @Test
  void aBiasAddedByTheOnlyReaderBelongsToTheSite() {
    Site site =
        one(
            Graphs.graph()
                .input("x", 4, 3)
                .weight("w", 3, 2)
                .floats("b", 1, 2)
                .node("MatMul", "h", ins("x", "w"))
                .node("Add", "y", ins("b", "h")));
    assertEquals("y_node", site.biasNode().orElseThrow().name());
    assertArrayEquals(new float[] {1, 2}, site.bias().orElseThrow().toFloats());
    assertEquals("h", site.output());
  }

  @Test
  void anAddIsNoBiasWhenTheProductHasOtherReadersOrTheShapeDiffers() {
    Graphs shared =
        Graphs.graph()
            .input("x", 4, 3)
            .weight("w", 3, 2)
            .floats("b", 1, 2)
            .node("MatMul", "h", ins("x", "w"))
            .node("Add", "y", ins("h", "b"))
            .node("Relu", "z", ins("h"))
            .output("z");
    assertTrue(one(shared).bias().isEmpty());
    Graphs scalar =
        Graphs.graph()
            .input("x", 4, 3)
            .weight("w", 3, 2)
            .floats("b", 1)
            .node("MatMul", "h", ins("x", "w"))
            .node("Add", "y", ins("h", "b"));
    assertTrue(one(scalar).bias().isEmpty());
  }

  @Test
  void gemmKnowsBothOrientationsAndItsBias() {
    Site stored =
        one(
            Graphs.graph()
                .input("x", 4, 3)
                .weight("w", 2, 3)
                .floats("b", 1, 2)
                .node("Gemm", "y", ins("x", "w", "b"), Attribute.of("transB", 1)));
    assertEquals(2, stored.out());
    assertArrayEquals(stored.weight().toFloats(), stored.weightMatrix());
    assertArrayEquals(new float[] {1, 2}, stored.bias().orElseThrow().toFloats());
    assertTrue(stored.biasNode().isEmpty());
    Site turned =
        one(
            Graphs.graph()
                .input("x", 4, 3)
                .weight("w", 3, 2)
                .constant(Tensor.scalar("b", 5))
                .node("Gemm", "y", ins("x", "w", "b")));
    assertEquals(2, turned.out());
    assertTrue(turned.layout().transposed());
    assertArrayEquals(new float[] {5, 5}, turned.bias().orElseThrow().toFloats());
  }

  @Test
  void unusualGemmsAreSkippedWithTheirReason() {
    assertSkipped(gemm(Attribute.of("transA", 1)), "w", "transA");
    assertSkipped(gemm(Attribute.of("alpha", 0.5f)), "w", "alpha");
    assertSkipped(
        Graphs.graph()
            .input("x", 4, 3)
            .input("c", 4, 2)
            .weight("w", 3, 2)
            .node("Gemm", "y", ins("x", "w", "c")),
        "w",
        "C is not a constant bias");
  }

  @Test
  void convolutionsOfAnyRankAndGroupAreSites() {
    for (long[] dims :
        List.of(new long[] {4, 1, 3}, new long[] {4, 2, 3, 3}, new long[] {4, 2, 1, 1, 1})) {
      Site site =
          one(
              Graphs.graph()
                  .input("x", 1, 4, 9, 9, 9)
                  .weight("w", dims)
                  .floats("b", 1, 2, 3, 4)
                  .node("Conv", "y", ins("x", "w", "b"), Attribute.of("group", 2)));
      assertEquals(SiteKind.CONV, site.kind());
      assertEquals(4, site.out());
      assertEquals(site.weight().elements() / 4, site.in());
      assertTrue(site.bias().isPresent());
    }
  }

  @Test
  void aTableIsASiteAndIdsAreNot() {
    Site site =
        one(
            Graphs.graph()
                .input("ids", ElementType.INT64, 5)
                .weight("table", 7, 4)
                .longs("shape", 1, 2, 3)
                .node("Gather", "s", ins("shape", "ids"))
                .node("Gather", "y", ins("table", "ids"))
                .output("s"));
    assertEquals(SiteKind.GATHER, site.kind());
    assertEquals(7, site.out());
    assertEquals("ids", site.input());
  }

  @Test
  void gathersAlongOtherAxesAreSkipped() {
    assertSkipped(
        Graphs.graph()
            .input("ids", ElementType.INT64, 5)
            .weight("table", 7, 4)
            .node("Gather", "y", ins("table", "ids"), Attribute.of("axis", 1)),
        "table",
        "axis 1");
  }

  @Test
  void aTiedEmbeddingAndHeadAreOneSite() {
    Graphs graph =
        Graphs.graph()
            .input("ids", ElementType.INT64, 5)
            .weight("table", 7, 4)
            .node("Gather", "h", ins("table", "ids"))
            .node("Transpose", "t", ins("table"))
            .node("MatMul", "y", ins("h", "t"));
    Site site = one(graph);
    assertEquals(2, site.uses().size());
    assertTrue(site.isShared());
    List<Site> uses = SiteFinder.perUse(site, new GraphIndex(graph.output("y").model()));
    assertEquals(SiteKind.GATHER, uses.get(0).kind());
    assertEquals(SiteKind.MATMUL, uses.get(1).kind());
    assertArrayEquals(uses.get(0).weightMatrix(), uses.get(1).weightMatrix());
  }

  @Test
  void aWeightSharedInDifferentOrientationsIsRefused() {
    assertSkipped(
        Graphs.graph()
            .input("x", 3, 3)
            .weight("w", 3, 3)
            .node("MatMul", "h", ins("x", "w"))
            .node("MatMul", "y", ins("w", "h")),
        "w",
        "different orientations");
  }

  @Test
  void aWeightThatSomethingElseReadsIsRefused() {
    assertSkipped(
        Graphs.graph()
            .input("x", 3, 3)
            .weight("w", 3, 3)
            .node("MatMul", "h", ins("x", "w"))
            .node("Mul", "y", ins("h", "w")),
        "w",
        "also read by Mul");
    assertSkipped(
        Graphs.graph()
            .input("x", 3, 3)
            .weight("w", 3, 3)
            .node("MatMul", "y", ins("x", "w"))
            .output("w"),
        "w",
        "output of the model");
  }

  @Test
  void weightsBehindConstantAndCastAreSites() {
    Graphs graph =
        Graphs.graph()
            .input("x", 4, 3)
            .node(
                Node.of(
                    "Constant",
                    List.of(),
                    ins("fc.w_0"),
                    Attribute.of("value", Graphs.random("", 1, 3, 2))))
            .constant(Tensor.ofDoubles("d", new long[] {2, 2}, new double[] {1, 2, 3, 4}))
            .node("Cast", "f", ins("d"), Attribute.of("to", 1))
            .node("MatMul", "h", ins("x", "fc.w_0"))
            .node("MatMul", "y", ins("h", "f"));
    SiteScan scan = SiteFinder.scan(graph.output("y").model());
    assertEquals(List.of("fc.w_0", "d"), scan.sites().stream().map(Site::name).toList());
    assertArrayEquals(new float[] {1, 3, 2, 4}, scan.sites().get(1).weightMatrix());
  }

  @Test
  void whatIsAlreadyQuantizedIsSkipped() {
    byte[] raw = new byte[64 * 64];
    Tensor q = Tensor.ofBytes("q", ElementType.INT8, new long[] {64, 64}, raw);
    assertSkipped(
        Graphs.graph()
            .input("x", 4, 64)
            .constant(q)
            .floats("s", 1)
            .node("DequantizeLinear", "w", ins("q", "s"))
            .node("MatMul", "y", ins("x", "w")),
        "q",
        "already quantized (DequantizeLinear)");
    assertSkipped(
        Graphs.graph().input("x", 4, 64).constant(q).node("MatMulInteger", "y", ins("x", "q")),
        "q",
        "already quantized (MatMulInteger)");
  }

  @Test
  void recurrentTransposedAndUnknownOperatorsAreSkipped() {
    assertSkipped(
        Graphs.graph()
            .input("x", 1, 2, 8, 8)
            .weight("w", 2, 4, 3, 3)
            .node("ConvTranspose", "y", ins("x", "w")),
        "w",
        "ConvTranspose");
    assertSkipped(
        Graphs.graph()
            .input("x", 5, 1, 3)
            .weight("w", 1, 8, 3)
            .weight("r", 1, 8, 2)
            .node("LSTM", "y", ins("x", "w", "r")),
        "r",
        "LSTM");
    assertSkipped(
        Graphs.graph()
            .input("x", 4, 3)
            .weight("w", 3, 3)
            .node(Node.in("acme", "Magic", ins("x", "w"), ins("y"))),
        "w",
        "acme.Magic is not known");
    assertSkipped(
        Graphs.graph().input("x", 64, 64).weight("w", 64, 64).node("Add", "y", ins("x", "w")),
        "w",
        "read by Add");
  }

  @Test
  void otherTypesRanksAndDoubleConstantsAreSkipped() {
    assertSkipped(
        Graphs.graph()
            .input("x", ElementType.DOUBLE, 4, 2)
            .constant(Tensor.ofDoubles("w", new long[] {2, 2}, new double[4]))
            .node("MatMul", "y", ins("x", "w")),
        "w",
        "computes in DOUBLE");
    assertSkipped(
        Graphs.graph()
            .input("x", ElementType.INT64, 4, 2)
            .constant(Tensor.ofLongs("w", new long[] {2, 2}, 1, 2, 3, 4))
            .node("MatMul", "y", ins("x", "w")),
        "w",
        "not a float type");
    assertSkipped(
        Graphs.graph().input("x", 2, 4, 3).weight("w", 2, 3, 2).node("MatMul", "y", ins("x", "w")),
        "w",
        "rank 3");
    assertSkipped(
        Graphs.graph().weight("a", 2, 2).weight("w", 2, 2).node("MatMul", "y", ins("a", "w")),
        "w",
        "both operands");
    assertSkipped(
        Graphs.graph()
            .input("x", 4, 3)
            .input("w", 3, 2)
            .weight("w", 3, 2)
            .weight("v", 2, 0)
            .node("MatMul", "h", ins("x", "w"))
            .node("MatMul", "y", ins("h", "v")),
        "v",
        "empty");
  }

  @Test
  void weightsInsideSubgraphsAndFunctionsAreSkipped() {
    Graph inner =
        Graphs.graph()
            .weight("inner", 64, 64)
            .node("MatMul", "m", ins("x", "inner"))
            .node("MatMul", "n", ins("m", "outer"))
            .output("n")
            .build();
    Graphs branch =
        Graphs.graph()
            .input("c", ElementType.BOOL)
            .input("x", 64, 64)
            .weight("outer", 64, 64)
            .node(
                Node.of(
                    "If",
                    ins("c"),
                    ins("y"),
                    Attribute.of("then_branch", new AttributeValue.OfGraph(inner))));
    assertSkipped(branch, "inner", "inside a subgraph of If");
    assertSkipped(branch, "outer", "inside a subgraph of If");
    Function local =
        new Function(
            "Layer",
            "acme",
            ins("x"),
            ins("y"),
            List.of(
                Node.of(
                    "Constant",
                    List.of(),
                    ins("w"),
                    Attribute.of("value", Graphs.random("", 1, 64, 64))),
                Node.of("MatMul", ins("x", "w"), ins("y"))),
            Map.of("", 13L),
            Bytes.empty());
    Model plain =
        Graphs.graph()
            .input("x", 4, 64)
            .node(Node.in("acme", "Layer", ins("x"), ins("y")))
            .output("y")
            .model();
    Model model =
        new Model(8, plain.opsets(), plain.graph(), List.of(local), Map.of(), Bytes.empty());
    assertTrue(
        SiteFinder.scan(model).skipped().stream()
            .anyMatch(s -> s.reason().contains("local function acme.Layer")));
  }

  @Test
  void anonymousWeightsAreNamedAfterTheirBiasOrPath() {
    Graphs graph =
        Graphs.graph()
            .input("x", 4, 3)
            .weight("onnx::MatMul_787", 3, 3)
            .weight("788", 3, 3)
            .weight("onnx::MatMul_789", 3, 3)
            .floats("encoder.layer.0.query.bias", 1, 2, 3)
            .node("MatMul", "a", ins("x", "onnx::MatMul_787"))
            .node("Add", "b", ins("encoder.layer.0.query.bias", "a"))
            .node(Node.of("MatMul", ins("b", "788"), ins("c")).withName("/head/proj/MatMul"))
            .node(Node.of("MatMul", ins("c", "onnx::MatMul_789"), ins("d")));
    assertEquals(
        List.of("encoder.layer.0.query.weight", "head.proj.weight", "onnx::MatMul_789"),
        SiteFinder.scan(graph.output("d").model()).sites().stream().map(Site::name).toList());
  }

  @Test
  void namesStayUnique() {
    Graphs graph =
        Graphs.graph()
            .input("x", 4, 3)
            .weight("onnx::MatMul_1", 3, 3)
            .weight("onnx::MatMul_2", 3, 3)
            .node(Node.of("MatMul", ins("x", "onnx::MatMul_1"), ins("a")).withName("/fc/MatMul"))
            .node(Node.of("MatMul", ins("a", "onnx::MatMul_2"), ins("b")).withName("/fc/MatMul"));
    assertEquals(
        List.of("fc.weight", "fc.weight_1"),
        SiteFinder.scan(graph.output("b").model()).sites().stream().map(Site::name).toList());
  }

  private static Graphs gemm(Attribute attribute) {
    return Graphs.graph()
        .input("x", 3, 3)
        .weight("w", 3, 2)
        .node("Gemm", "y", ins("x", "w"), attribute);
  }

  private static List<String> ins(String... names) {
    return List.of(names);
  }

  private static Site one(Graphs graph) {
    SiteScan scan = SiteFinder.scan(graph.output("y").model());
    assertEquals(1, scan.sites().size(), scan::toString);
    assertTrue(scan.skipped().isEmpty(), scan::toString);
    return scan.sites().get(0);
  }

  private static void assertSkipped(Graphs graph, String name, String reason) {
    SiteScan scan = SiteFinder.scan(graph.output("y").model());
    assertTrue(scan.sites().stream().noneMatch(s -> s.name().equals(name)), scan::toString);
    assertTrue(
        scan.skipped().stream().anyMatch(s -> s.name().equals(name) && s.reason().contains(reason)),
        () -> scan.skipped().toString());
  }
}
