package io.compressor.graph.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.compressor.graph.Graphs;
import io.compressor.graph.Ort;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

class FuseParallelMatMulsTest {

  @Test
  void matMulsOfOneValueBecomeOneOnBothSidesOfOpset13() {
    for (long opset : List.of(11L, 13L, 18L)) {
      Model before = attention().model(opset);
      RewriteResult result = new FuseParallelMatMuls().apply(before);
      assertEquals(
          List.of("MatMul", "Add", "Split", "Mul", "Sub"),
          result.model().graph().nodes().stream().map(Node::opType).toList());
      // the same products in the same order; the kernel may block columns differently
      Ort.assertSame(before, result.model(), 1e-6);
    }
  }

  @Test
  void matMulsWithoutBiasAreFusedAmongThemselves() {
    Graphs graph =
        Graphs.graph()
            .input("x", 2, 5, 4)
            .weight("a", 4, 3)
            .weight("b", 4, 6)
            .weight("c", 4, 2)
            .floats("bias", 1, 2)
            .node("MatMul", "p", List.of("x", "a"))
            .node("MatMul", "q", List.of("x", "b"))
            .node("MatMul", "h", List.of("x", "c"))
            .node("Add", "r", List.of("h", "bias"))
            .output("p")
            .output("q")
            .output("r");
    Model before = graph.model();
    RewriteResult result = new FuseParallelMatMuls().apply(before);
    assertEquals(1, result.applied().size());
    assertEquals(
        List.of("MatMul", "Split", "MatMul", "Add"),
        result.model().graph().nodes().stream().map(Node::opType).toList());
    Ort.assertSame(before, result.model(), 1e-6);
  }

  @Test
  void sharedWeightsSingleReadersAndOldOpsetsStay() {
    Graphs shared =
        Graphs.graph()
            .input("x", 5, 4)
            .weight("a", 4, 4)
            .node("MatMul", "p", List.of("x", "a"))
            .node("MatMul", "q", List.of("x", "a"))
            .output("p")
            .output("q");
    assertFalse(new FuseParallelMatMuls().apply(shared.model()).changed());
    Graphs single =
        Graphs.graph()
            .input("x", 5, 4)
            .weight("a", 4, 4)
            .weight("b", 4, 4)
            .node("MatMul", "p", List.of("x", "a"))
            .node("MatMul", "q", List.of("p", "b"))
            .output("q");
    assertFalse(new FuseParallelMatMuls().apply(single.model()).changed());
    RewriteResult old = new FuseParallelMatMuls().apply(attention().model(9));
    assertFalse(old.changed());
    assertEquals(1, old.skipped().size());
  }

  private static Graphs attention() {
    Graphs graph = Graphs.graph().input("x", 2, 5, 4);
    for (String part : List.of("q", "k", "v")) {
      graph
          .weight("w" + part, 4, 3)
          .weight("b" + part, 3)
          .node("MatMul", "h" + part, List.of("x", "w" + part))
          .node("Add", part, List.of("b" + part, "h" + part));
    }
    return graph
        .node("Mul", "m", List.of("q", "k"))
        .node("Sub", "y", List.of("m", "v"))
        .output("y");
  }
}
