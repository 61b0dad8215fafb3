package io.compressor.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.runtime.OptimizedGraph.Kernel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OptimizedGraphTest {
  private static final SessionSettings ONE = SessionSettings.withThreads(1);

  /** x → MatMul → Add(bias) → Relu → MatMul → y: the bias and the activation are fused away. */
  private static final Model BIASED =
      Tiny.model(
          List.of(Tiny.fixed("x", ElementType.FLOAT, 3, 24)),
          List.of(
              Node.of("MatMul", List.of("x", "w1"), List.of("m")).withName("first"),
              Node.of("Add", List.of("m", "b"), List.of("h")).withName("bias"),
              Node.of("Relu", List.of("h"), List.of("a")).withName("relu"),
              Node.of("MatMul", List.of("a", "w2"), List.of("y")).withName("second")),
          List.of(Tiny.noise("w1", 1, 24, 40), Tiny.noise("b", 4, 40), Tiny.noise("w2", 2, 40, 24)),
          "y");

  @Test
  void fusedSitesAreFoundThroughTheValueThatLeavesTheGroup() {
    OptimizedGraph graph = OptimizedGraph.of(BIASED, ONE);
    assertEquals(Optional.empty(), graph.producing("m"));
    Kernel first = graph.computing(BIASED, "m").orElseThrow();
    assertTrue(List.of("Gemm", "FusedGemm").contains(first.op()), first.toString());
    assertEquals("MatMul", graph.computing(BIASED, "y").orElseThrow().op());
    assertEquals(2, graph.kernels().size(), graph.histogram().toString());
  }

  @Test
  void withoutOptimisationTheGraphIsAsWritten() {
    OptimizedGraph graph = OptimizedGraph.of(BIASED, ONE.level(Optimization.NONE));
    assertEquals(Map.of("MatMul", 2, "Add", 1, "Relu", 1), graph.histogram());
    assertEquals("first", graph.producing("m").orElseThrow().node());
  }

  @Test
  void fileAndModelAgreeAndNothingIsLeftBehind(@TempDir Path dir) throws Exception {
    Path file = Files.write(dir.resolve("m.onnx"), OnnxWriter.skeleton(BIASED, t -> false));
    assertEquals(OptimizedGraph.of(BIASED, ONE).kernels(), OptimizedGraph.of(file, ONE).kernels());
    try (var files = Files.list(dir)) {
      assertEquals(1, files.count());
    }
  }
}
