package io.compressor.autodiff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.compressor.error.CompressorException;
import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class IndexRulesTest {
  private static Node of(String op, List<String> inputs, Attribute... attributes) {
    return Node.of(op, inputs, List.of("y"), attributes);
  }

  private static Tensor longs(long[] dims, long... values) {
    return Tensor.ofLongs("i", dims, values);
  }

  private static final List<String> PICK = List.of("x", "i");
  private static final List<String> PLACE = List.of("x", "i", "u");
  private static final Attribute ADD = Attribute.of("reduction", "add");

  @Test
  void gatherAlongAnyAxis() {
    Tensor table = longs(new long[] {2, 3}, 0, -1, 2, -3, 2, 2);
    for (long axis = -3; axis < 3; axis++) {
      Node node = of("Gather", PICK, Attribute.of("axis", axis));
      GradientCheck.of(node).by("x", 3, 4, 3).feed(table).twice().run();
      GradientCheck.of(node).by("x", 3, 4, 5).constant(longs(new long[] {}, 1)).twice().run();
      GradientCheck.of(node).by("x", 3, 4, 3).feed(longs(new long[] {0})).twice().run();
    }
    GradientCheck.of(of("Gather", PICK)).by("x", 4).feed(table).twice().run();
    GradientCheck.of(of("Gather", PICK)).by("x", 4, 0).feed(table).twice().run();
  }

  @Test
  void gatherElements() {
    Tensor indices = longs(new long[] {2, 2}, 0, -1, -1, 1);
    for (long axis : new long[] {0, 1, -1}) {
      Node node = of("GatherElements", PICK, Attribute.of("axis", axis));
      GradientCheck.of(node).by("x", 3, 2).feed(indices).twice().run();
    }
  }

  @Test
  void gatherNd() {
    Tensor pairs = longs(new long[] {2, 2, 2}, 0, 1, -1, 0, 1, -2, 0, 1);
    GradientCheck.of(of("GatherND", PICK)).by("x", 2, 3, 2).feed(pairs).twice().run();
    GradientCheck.of(of("GatherND", PICK)).by("x", 2, 3).feed(pairs).twice().run();
    Node batched = of("GatherND", PICK, Attribute.of("batch_dims", 1L));
    GradientCheck.of(batched).by("x", 2, 3, 4).feed(longs(new long[] {2, 1}, 2, -1)).twice().run();
    GradientCheck.of(batched).by("x", 2, 2, 2, 2).feed(pairs).twice().run();
  }

  @Test
  void scatterElements() {
    Tensor distinct = longs(new long[] {2, 2}, 0, -1, 2, 1);
    Tensor repeated = longs(new long[] {2, 2}, 0, -1, 0, -1);
    for (long axis : new long[] {0, 1, -1}) {
      Attribute along = Attribute.of("axis", axis);
      Node none = of("ScatterElements", PLACE, along);
      GradientCheck.of(none).by("x", 3, 3).feed(distinct).by("u", 2, 2).twice().run();
      Node add = of("ScatterElements", PLACE, along, ADD);
      GradientCheck.of(add).by("x", 3, 3).feed(repeated).by("u", 2, 2).twice().run();
    }
  }

  @Test
  void scatterNd() {
    Tensor rows = longs(new long[] {3, 1}, 0, -1, 0);
    GradientCheck.of(of("ScatterND", PLACE, ADD))
        .by("x", 4, 2)
        .feed(rows)
        .by("u", 3, 2)
        .twice()
        .run();
    Tensor distinct = longs(new long[] {2, 1}, 0, -1);
    GradientCheck.of(of("ScatterND", PLACE))
        .by("x", 4, 2)
        .feed(distinct)
        .by("u", 2, 2)
        .twice()
        .run();
  }

  @Test
  void reductionsOtherThanAddAreRefused() {
    Node most = of("ScatterElements", PLACE, Attribute.of("reduction", "max"));
    GradientCheck check =
        GradientCheck.of(most).by("x", 3).feed(longs(new long[] {1}, 0)).by("u", 1);
    String message = assertThrows(CompressorException.class, check::run).getMessage();
    assertEquals("no gradient for ScatterElements: reduction max", message);
  }

  @Test
  void topK() {
    Node most = Node.of("TopK", List.of("x", "k"), List.of("y", "i"), Attribute.of("axis", 0L));
    GradientCheck.of(most).by("x", 4, 3).longs("k", 2).twice().run();
    Node least = Node.of("TopK", List.of("x", "k"), List.of("y", "i"), Attribute.of("largest", 0L));
    GradientCheck.of(least).by("x", 4, 3).longs("k", 2).twice().run();
  }

  @Test
  void trilu() {
    GradientCheck.of(of("Trilu", List.of("x"))).by("x", 3, 4).twice().run();
    Node lower = of("Trilu", List.of("x", "k"), Attribute.of("upper", 0L));
    GradientCheck.of(lower)
        .by("x", 2, 3, 3)
        .constant(Tensor.ofLongs("k", new long[0], -1))
        .twice()
        .run();
  }
}
