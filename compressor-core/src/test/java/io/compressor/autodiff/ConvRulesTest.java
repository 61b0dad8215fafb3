package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConvRulesTest {
  private static Attribute of(String name, long... values) {
    return Attribute.of(name, values);
  }

  private static void check(
      String op, long[] x, long[] w, long bias, boolean fixed, Attribute... attributes) {
    Node node = Node.of(op, List.of("x", "w", "b"), List.of("y"), attributes);
    GradientCheck check = GradientCheck.of(node).exact();
    if (fixed) {
      check.fixed();
    }
    check.by("x", x).by("w", w).by("b", bias).run();
  }

  private static long[] dims(long... values) {
    return values;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void strideOne(boolean fixed) {
    Attribute k = of("kernel_shape", 3, 2);
    long[] x = {2, 3, 5, 4};
    long[] w = {4, 3, 3, 2};
    check("Conv", x, w, 4, fixed, k);
    check("Conv", x, w, 4, fixed, k, of("pads", 1, 1, 1, 0));
    check("Conv", x, w, 4, fixed, k, of("pads", 0, 1, 2, 3));
    check("Conv", x, w, 4, fixed, k, of("dilations", 2, 3), of("pads", 3, 1, 2, 2));
    check("Conv", x, w, 4, fixed, k, Attribute.of("auto_pad", "SAME_UPPER"));
    check("Conv", x, w, 4, fixed, k, Attribute.of("auto_pad", "SAME_LOWER"));
    check("Conv", x, w, 4, fixed, k, Attribute.of("auto_pad", "VALID"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void longerSteps(boolean fixed) {
    Attribute k = of("kernel_shape", 3, 2);
    Attribute s = of("strides", 2, 3);
    long[] x = {2, 3, 6, 7};
    long[] w = {2, 3, 3, 2};
    check("Conv", x, w, 2, fixed, k, s);
    check("Conv", x, w, 2, fixed, k, s, of("pads", 1, 0, 0, 2));
    check("Conv", x, w, 2, fixed, k, s, of("pads", 2, 1, 2, 1), of("dilations", 2, 1));
    check("Conv", x, w, 2, fixed, k, s, Attribute.of("auto_pad", "SAME_UPPER"));
    check("Conv", x, w, 2, fixed, k, s, Attribute.of("auto_pad", "SAME_LOWER"));
    long[] one = {2, 3, 1, 1};
    check("Conv", x, one, 2, fixed, of("kernel_shape", 1, 1), s);
    check("Conv", x, one, 2, fixed, of("kernel_shape", 1, 1));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void groups(boolean fixed) {
    Attribute k = of("kernel_shape", 2, 2);
    Attribute two = Attribute.of("group", 2L);
    Attribute four = Attribute.of("group", 4L);
    long[] x = {2, 4, 4, 5};
    check("Conv", x, dims(6, 2, 2, 2), 6, fixed, k, two);
    check("Conv", x, dims(6, 2, 2, 2), 6, fixed, k, two, of("pads", 1, 0, 0, 1));
    check("Conv", x, dims(6, 2, 2, 2), 6, fixed, k, two, of("strides", 2, 2));
    check("Conv", x, dims(4, 1, 2, 2), 4, fixed, k, four, of("pads", 1, 0, 0, 1));
    check("Conv", x, dims(4, 1, 2, 2), 4, fixed, k, four, of("strides", 2, 1));
    check("Conv", x, dims(8, 1, 2, 2), 8, fixed, k, four);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void otherRanksAndEdges(boolean fixed) {
    check("Conv", dims(2, 2, 7), dims(3, 2, 3), 3, fixed, of("kernel_shape", 3), of("pads", 2, 0));
    check("Conv", dims(1, 2, 7), dims(3, 2, 3), 3, fixed, of("kernel_shape", 3), of("strides", 3));
    Attribute cube = of("kernel_shape", 2, 1, 2);
    check("Conv", dims(1, 2, 3, 3, 3), dims(2, 2, 2, 1, 2), 2, fixed, cube);
    check("Conv", dims(1, 2, 3, 3, 3), dims(2, 2, 2, 1, 2), 2, fixed, cube, of("strides", 2, 2, 1));
    Attribute k = of("kernel_shape", 3, 3);
    check("Conv", dims(2, 1, 1, 1), dims(1, 1, 3, 3), 1, fixed, k, of("pads", 1, 1, 1, 1));
    check("Conv", dims(0, 2, 4, 4), dims(3, 2, 3, 3), 3, fixed, k, of("pads", 1, 1, 1, 1));
    check("Conv", dims(0, 2, 4, 4), dims(3, 2, 3, 3), 3, fixed, k, of("strides", 2, 2));
  }

  /** Images so much larger than the kernel that each gets a product of its own. */
  @Test
  void imageByImage() {
    Attribute k = of("kernel_shape", 2, 2);
    check("Conv", dims(3, 2, 8, 8), dims(2, 2, 2, 2), 2, true, k);
    check("Conv", dims(3, 2, 8, 8), dims(4, 1, 2, 2), 4, true, k, Attribute.of("group", 2L));
    check("Conv", dims(0, 2, 8, 8), dims(2, 2, 2, 2), 2, true, k);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void transposes(boolean fixed) {
    Attribute k = of("kernel_shape", 3, 2);
    Attribute s = of("strides", 2, 3);
    long[] x = {2, 3, 3, 4};
    long[] w = {3, 2, 3, 2};
    String op = "ConvTranspose";
    check(op, x, w, 2, fixed, k);
    check(op, x, w, 2, fixed, k, of("pads", 1, 0, 2, 1));
    check(op, x, w, 2, fixed, k, s, of("pads", 1, 0, 0, 1));
    check(op, x, w, 2, fixed, k, s, of("output_padding", 1, 2));
    check(op, x, w, 2, fixed, k, s, of("output_padding", 1, 2), of("pads", 0, 1, 2, 1));
    check(op, x, w, 2, fixed, k, of("dilations", 2, 2));
    check(op, dims(2, 4, 3, 4), dims(4, 2, 3, 2), 4, fixed, k, Attribute.of("group", 2L), s);
    check(op, dims(2, 2, 5), dims(2, 3, 3), 3, fixed, of("kernel_shape", 3), of("strides", 2));
    Attribute cube = of("kernel_shape", 2, 1, 2);
    check(op, dims(1, 2, 3, 2, 3), dims(2, 2, 2, 1, 2), 2, fixed, cube);
    check(op, dims(0, 3, 3, 4), w, 2, fixed, k, s);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SAME_UPPER", "SAME_LOWER", "NOTSET"})
  void transposesToAShape(String auto) {
    Attribute k = of("kernel_shape", 3, 4);
    Attribute a = Attribute.of("auto_pad", auto);
    long[] x = {2, 3, 3, 4};
    long[] w = {3, 2, 3, 4};
    Attribute shape = of("output_shape", 5, 7);
    check("ConvTranspose", x, w, 2, true, k, of("strides", 2, 2), a, shape);
    check("ConvTranspose", x, w, 2, false, k, of("strides", 2, 1), a);
  }
}
