package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients of gradient graphs of image operators, as Hessian-vector products need them. */
class SecondOrderTest {
  private static final Attribute K2 = Attribute.of("kernel_shape", new long[] {2, 2});
  private static final Attribute S2 = Attribute.of("strides", new long[] {2, 2});
  private static final Attribute PADS = Attribute.of("pads", new long[] {1, 0, 1, 1});
  private static final Attribute EPSILON = Attribute.of("epsilon", 1e-2f);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void products(boolean fixed) {
    Node conv = Node.of("Conv", List.of("x", "w", "b"), List.of("y"), K2, PADS);
    check(conv, fixed).by("x", 2, 2, 4, 4).by("w", 2, 2, 2, 2).by("b", 2).twice().run();
    Node strided = Node.of("Conv", List.of("x", "w"), List.of("y"), K2, S2);
    check(strided, fixed).by("x", 1, 2, 5, 4).by("w", 3, 2, 2, 2).twice().run();
    Node depthwise =
        Node.of("Conv", List.of("x", "w"), List.of("y"), K2, Attribute.of("group", 2L));
    check(depthwise, fixed).by("x", 1, 2, 3, 4).by("w", 2, 1, 2, 2).twice().run();
    Node back = Node.of("ConvTranspose", List.of("x", "w"), List.of("y"), K2, S2);
    check(back, fixed).by("x", 1, 2, 2, 3).by("w", 2, 2, 2, 2).twice().run();
  }

  private static GradientCheck check(Node node, boolean fixed) {
    GradientCheck check = GradientCheck.of(node).exact();
    return fixed ? check.fixed() : check;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void poolsAndScales(boolean fixed) {
    Node mean = Node.of("AveragePool", List.of("x"), List.of("y"), K2, S2, PADS);
    check(mean, fixed).by("x", 1, 2, 4, 4).twice().run();
    Node pad = Node.of("Pad", List.of("x", "p"), List.of("y"), Attribute.of("mode", "reflect"));
    check(pad, fixed).by("x", 3, 4).longs("p", 1, 1, 0, 2).twice().run();
    Node resize = Node.of("Resize", List.of("x", "", "s"), List.of("y"));
    Tensor scales = Tensor.ofFloats("s", new long[] {4}, new float[] {1, 1, 2, 1.5f});
    check(resize, fixed).by("x", 1, 2, 2, 3).constant(scales).twice().run();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void curved(boolean fixed) {
    Node max = Node.of("MaxPool", List.of("h"), List.of("y"), K2);
    Node square = Node.of("Mul", List.of("x", "x"), List.of("h"));
    smooth(fixed, square, max).by("x", 1, 2, 3, 4).twice().run();
    Node frozen =
        Node.of("BatchNormalization", List.of("x", "s", "b", "m", "v"), List.of("y"), EPSILON);
    smooth(fixed, frozen)
        .by("x", 2, 2, 3)
        .by("s", 2)
        .by("b", 2)
        .by("m", 2)
        .within("v", 1, 2, 2)
        .twice()
        .run();
    Node layer = Node.of("LayerNormalization", List.of("x", "s", "b"), List.of("y"), EPSILON);
    smooth(fixed, layer).by("x", 2, 3).by("s", 3).by("b", 3).twice().run();
  }

  private static GradientCheck smooth(boolean fixed, Node... nodes) {
    GradientCheck check = GradientCheck.of(nodes);
    return fixed ? check.fixed() : check;
  }
}
