package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NormRulesTest {
  private static final Attribute EPSILON = Attribute.of("epsilon", 1e-2f);

  private static GradientCheck check(Node node, boolean fixed) {
    return fixed ? GradientCheck.of(node).fixed() : GradientCheck.of(node);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void batchWithGivenStatistics(boolean fixed) {
    Node node =
        Node.of("BatchNormalization", List.of("x", "s", "b", "m", "v"), List.of("y"), EPSILON);
    for (long[] x : new long[][] {{3, 2, 2, 4}, {3, 2, 5}, {3, 2}, {1, 2, 1, 1}, {0, 2, 3}}) {
      check(node, fixed).by("x", x).by("s", 2).by("b", 2).by("m", 2).within("v", 0.5, 2, 2).run();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void batchWithItsOwn(boolean fixed) {
    Node node =
        Node.of(
            "BatchNormalization",
            List.of("x", "s", "b", "m", "v"),
            List.of("y", "nm", "nv"),
            Attribute.of("training_mode", 1L),
            Attribute.of("momentum", 0.75f),
            EPSILON);
    for (long[] x : new long[][] {{3, 2, 2, 4}, {3, 2, 5}, {2, 2, 1}}) {
      check(node, fixed).by("x", x).by("s", 2).by("b", 2).by("m", 2).within("v", 0.5, 2, 2).run();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void layers(boolean fixed) {
    Attribute second = Attribute.of("axis", 1L);
    Node last = Node.of("LayerNormalization", List.of("x", "s", "b"), List.of("y"), EPSILON);
    check(last, fixed).by("x", 2, 3, 4).by("s", 4).by("b", 4).run();
    check(last, fixed).by("x", 0, 4).by("s", 4).by("b", 4).run();
    check(last, fixed).by("x", 3, 1).by("s", 1).by("b", 1).run();
    for (String op : List.of("SimplifiedLayerNormalization", "RMSNormalization")) {
      Node rms = Node.of(op, List.of("x", "s"), List.of("y"), EPSILON);
      long opset = op.startsWith("RMS") ? 23 : 18;
      check(rms, fixed).opset(opset).by("x", 2, 3, 4).by("s", 4).run();
    }
  }

  /** Of several axes, with the statistics as outputs. */
  @Test
  void statisticsOfLayers() {
    Attribute second = Attribute.of("axis", 1L);
    Node node =
        Node.of("LayerNormalization", List.of("x", "s"), List.of("y", "m", "r"), second, EPSILON);
    GradientCheck.of(node)
        .single()
        .by("x", 2, 3, 4)
        .by("s", 3, 4)
        .longs("axes", 1, 2)
        .constant(Tensor.scalar("e", 1e-2f))
        .sameAs(
            Node.of("ReduceMean", List.of("x", "axes"), List.of("mean")),
            Node.of("Identity", List.of("mean"), List.of("m")),
            Node.of("Sub", List.of("x", "mean"), List.of("c")),
            Node.of("Mul", List.of("c", "c"), List.of("cc")),
            Node.of("ReduceMean", List.of("cc", "axes"), List.of("v")),
            Node.of("Add", List.of("v", "e"), List.of("ve")),
            Node.of("Sqrt", List.of("ve"), List.of("d")),
            Node.of("Reciprocal", List.of("d"), List.of("root")),
            Node.of("Identity", List.of("root"), List.of("r")),
            Node.of("Mul", List.of("c", "root"), List.of("h")),
            Node.of("Mul", List.of("h", "s"), List.of("y")));
  }

  @Test
  void skips() {
    Node full =
        Node.in(
            "com.microsoft",
            "SkipLayerNormalization",
            List.of("x", "k", "s", "b", "c"),
            List.of("y", "", "", "sum"),
            EPSILON);
    GradientCheck.of(full)
        .single()
        .by("x", 2, 3, 4)
        .by("k", 2, 3, 4)
        .by("s", 4)
        .by("b", 4)
        .by("c", 4)
        .sameAs(
            Node.of("Sum", List.of("x", "k", "c"), List.of("all")),
            Node.of("Identity", List.of("all"), List.of("sum")),
            Node.of("LayerNormalization", List.of("all", "s", "b"), List.of("y"), EPSILON));
    Node plain =
        Node.in(
            "com.microsoft",
            "SkipSimplifiedLayerNormalization",
            List.of("x", "k", "s"),
            List.of("y"),
            EPSILON);
    GradientCheck.of(plain)
        .single()
        .by("x", 2, 3, 4)
        .by("k", 1, 3, 4)
        .by("s", 4)
        .sameAs(
            Node.of("Add", List.of("x", "k"), List.of("sum")),
            Node.of("SimplifiedLayerNormalization", List.of("sum", "s"), List.of("y"), EPSILON));
  }

  @Test
  void images() {
    Node instance = Node.of("InstanceNormalization", List.of("x", "s", "b"), List.of("y"), EPSILON);
    for (long[] x : new long[][] {{2, 3, 2, 4}, {2, 3, 5}, {1, 3, 2, 1, 3}}) {
      long[] column = new long[x.length - 1];
      Arrays.fill(column, 1);
      column[0] = 3;
      GradientCheck.of(instance)
          .single()
          .by("x", x)
          .by("s", 3)
          .by("b", 3)
          .longs("column", column)
          .constant(Tensor.ofFloats("one", new long[0], new float[] {1}))
          .longs("whole", Arrays.copyOfRange(x, 2, x.length))
          .sameAs(
              Node.of("Expand", List.of("one", "whole"), List.of("ones")),
              Node.of(
                  "LayerNormalization",
                  List.of("x", "ones"),
                  List.of("h"),
                  Attribute.of("axis", 2L),
                  EPSILON),
              Node.of("Reshape", List.of("s", "column"), List.of("sc")),
              Node.of("Reshape", List.of("b", "column"), List.of("bc")),
              Node.of("Mul", List.of("h", "sc"), List.of("hs")),
              Node.of("Add", List.of("hs", "bc"), List.of("y")));
    }
  }

  @Test
  void groups() {
    Attribute two = Attribute.of("num_groups", 2L);
    Node node = Node.of("GroupNormalization", List.of("x", "s", "b"), List.of("y"), two, EPSILON);
    GradientCheck.of(node).fixed().by("x", 2, 4, 2, 3).by("s", 2).by("b", 2).run();
    Attribute inDouble = Attribute.of("stash_type", (long) ElementType.DOUBLE.onnxId());
    node =
        Node.of("GroupNormalization", List.of("x", "s", "b"), List.of("y"), two, inDouble, EPSILON);
    GradientCheck.of(node).fixed().opset(21).by("x", 2, 4, 2, 3).by("s", 4).by("b", 4).run();
    GradientCheck.of(node).fixed().opset(21).by("x", 2, 4, 5).by("s", 4).by("b", 4).run();
  }

  @Test
  void lengths() {
    for (long p = 1; p < 3; p++) {
      for (long axis = -1; axis < 3; axis++) {
        Node node =
            Node.of(
                "LpNormalization",
                List.of("x"),
                List.of("y"),
                Attribute.of("p", p),
                Attribute.of("axis", axis));
        GradientCheck.of(node).by("x", 2, 3, 4).run();
      }
    }
  }
}
