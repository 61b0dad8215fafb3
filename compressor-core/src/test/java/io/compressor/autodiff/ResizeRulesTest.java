package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResizeRulesTest {
  private static final List<String> COORDINATES =
      List.of(
          "half_pixel",
          "half_pixel_symmetric",
          "pytorch_half_pixel",
          "align_corners",
          "asymmetric",
          "tf_crop_and_resize");

  private static Tensor floats(String name, float... values) {
    return Tensor.ofFloats(name, new long[] {values.length}, values);
  }

  private static void check(boolean fixed, List<Attribute> attributes) {
    Attribute[] all = attributes.toArray(new Attribute[0]);
    Tensor roi = floats("r", 0, 0, 0.1f, -0.2f, 1, 1, 0.9f, 1.1f);
    for (float[] scales : new float[][] {{1, 1, 2, 1.5f}, {1, 1, 0.6f, 3}}) {
      Node node = Node.of("Resize", List.of("x", "r", "s"), List.of("y"), all);
      GradientCheck check = GradientCheck.of(node).opset(19).exact();
      (fixed ? check.fixed() : check)
          .by("x", 2, 2, 4, 3)
          .constant(roi)
          .constant(floats("s", scales))
          .run();
    }
    Node node = Node.of("Resize", List.of("x", "r", "", "s"), List.of("y"), all);
    GradientCheck check = GradientCheck.of(node).opset(19).exact();
    (fixed ? check.fixed() : check).by("x", 2, 2, 4, 3).constant(roi).longs("s", 2, 2, 7, 2).run();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyMode(boolean fixed) {
    for (String coordinates : COORDINATES) {
      for (String mode : List.of("nearest", "linear", "cubic")) {
        List<Attribute> attributes = new ArrayList<>();
        attributes.add(Attribute.of("mode", mode));
        attributes.add(Attribute.of("coordinate_transformation_mode", coordinates));
        attributes.add(Attribute.of("extrapolation_value", 2f));
        check(fixed, attributes);
      }
    }
  }

  @Test
  void roundingOfNearest() {
    for (String rounding : List.of("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")) {
      check(false, List.of(Attribute.of("nearest_mode", rounding)));
    }
  }

  @Test
  void smoothed() {
    for (String mode : List.of("linear", "cubic")) {
      check(true, List.of(Attribute.of("mode", mode), Attribute.of("antialias", 1L)));
    }
    check(true, List.of(Attribute.of("mode", "cubic"), Attribute.of("exclude_outside", 1L)));
  }

  @Test
  void someAxes() {
    Node node =
        Node.of(
            "Resize", List.of("x", "", "s"), List.of("y"), Attribute.of("axes", new long[] {3, 1}));
    GradientCheck.of(node).exact().by("x", 2, 3, 2, 4).constant(floats("s", 2, 1.5f)).run();
    GradientCheck.of(Node.of("Resize", List.of("x", "", "s"), List.of("y")))
        .exact()
        .by("x", 5)
        .constant(floats("s", 1.7f))
        .run();
  }
}
