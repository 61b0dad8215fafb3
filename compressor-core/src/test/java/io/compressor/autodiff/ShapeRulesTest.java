package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShapeRulesTest {
  private static Node of(String op, List<String> inputs, Attribute... attributes) {
    return Node.of(op, inputs, List.of("y"), attributes);
  }

  @Test
  void newShapes() {
    GradientCheck.of(of("Reshape", List.of("x", "s")))
        .by("x", 2, 6)
        .longs("s", 3, -1)
        .twice()
        .run();
    GradientCheck.of(of("Flatten", List.of("x"))).by("x", 2, 3, 2).twice().run();
    GradientCheck.of(of("Squeeze", List.of("x", "s"))).by("x", 2, 1, 3).longs("s", 1).twice().run();
    GradientCheck.of(of("Unsqueeze", List.of("x", "s")))
        .by("x", 2, 3)
        .longs("s", 0, 2)
        .twice()
        .run();
    GradientCheck.of(of("Expand", List.of("x", "s")))
        .by("x", 3, 1)
        .longs("s", 2, 1, 4)
        .twice()
        .run();
    GradientCheck.of(of("Reshape", List.of("x", "s")))
        .by("x", 0, 6)
        .longs("s", 0, 3, 2)
        .twice()
        .run();
  }

  @Test
  void newOrders() {
    GradientCheck.of(of("Transpose", List.of("x"))).by("x", 2, 3, 4).twice().run();
    GradientCheck.of(of("Transpose", List.of("x"), Attribute.of("perm", new long[] {1, 2, 0})))
        .by("x", 2, 3, 4)
        .twice()
        .run();
    Attribute block = Attribute.of("blocksize", 2L);
    GradientCheck.of(of("SpaceToDepth", List.of("x"), block)).by("x", 1, 2, 4, 4).twice().run();
    GradientCheck.of(of("DepthToSpace", List.of("x"), block)).by("x", 1, 8, 2, 2).twice().run();
  }

  @Test
  void parts() {
    GradientCheck.of(of("Concat", List.of("a", "b", "a"), Attribute.of("axis", -1L)))
        .by("a", 2, 3)
        .by("b", 2, 1)
        .twice()
        .run();
    Node split = Node.of("Split", List.of("x", "s"), List.of("y", "z"), Attribute.of("axis", 1L));
    GradientCheck.of(split).by("x", 2, 5).longs("s", 2, 3).twice().run();
    Node unread = Node.of("Relu", List.of("z"), List.of("r"));
    GradientCheck.of(split, unread).by("x", 2, 5).longs("s", 2, 3).twice().run();
    GradientCheck.of(of("Slice", List.of("x", "from", "to", "axes", "steps")))
        .by("x", 4, 6)
        .longs("from", 1, -1)
        .longs("to", 100, 0)
        .longs("axes", 0, 1)
        .longs("steps", 1, -2)
        .twice()
        .run();
    GradientCheck.of(of("Slice", List.of("x", "from", "to")))
        .by("x", 4, 6)
        .longs("from", 2)
        .longs("to", 2)
        .twice()
        .run();
    GradientCheck.of(of("Tile", List.of("x", "r"))).by("x", 2, 3).longs("r", 3, 2).twice().run();
  }
}
