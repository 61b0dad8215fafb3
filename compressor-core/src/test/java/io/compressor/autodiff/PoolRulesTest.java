package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolRulesTest {
  private static final Attribute CEIL = Attribute.of("ceil_mode", 1L);
  private static final Attribute COUNT_ALL = Attribute.of("count_include_pad", 1L);
  private static final Attribute UPPER = Attribute.of("auto_pad", "SAME_UPPER");
  private static final Attribute LOWER = Attribute.of("auto_pad", "SAME_LOWER");

  private static Attribute of(String name, long... values) {
    return Attribute.of(name, values);
  }

  private static Attribute[] with(Attribute[] these, Attribute... more) {
    Attribute[] all = Arrays.copyOf(these, these.length + more.length);
    System.arraycopy(more, 0, all, these.length, more.length);
    return all;
  }

  /** Every kind of window over [2, 2, 6, 7] and the like. */
  private static void windows(Case each, Attribute... more) {
    Attribute k = of("kernel_shape", 3, 2);
    long[] x = {2, 2, 6, 7};
    Attribute s = of("strides", 2, 3);
    each.run(x, with(more, k));
    each.run(x, with(more, k, of("pads", 1, 0, 2, 1)));
    each.run(x, with(more, k, s));
    each.run(x, with(more, k, s, of("pads", 2, 1, 1, 0)));
    each.run(x, with(more, k, s, CEIL));
    each.run(x, with(more, k, s, CEIL, of("pads", 1, 0, 1, 1)));
    each.run(x, with(more, k, s, UPPER));
    each.run(x, with(more, k, LOWER));
    each.run(x, with(more, of("kernel_shape", 2, 2), of("strides", 2, 2)));
    each.run(new long[] {2, 1, 7}, with(more, of("kernel_shape", 3), of("strides", 2)));
    each.run(new long[] {1, 2, 3, 3, 4}, with(more, of("kernel_shape", 2, 1, 3)));
    each.run(new long[] {2, 2, 1, 1}, with(more, of("kernel_shape", 1, 1)));
    each.run(new long[] {0, 2, 4, 4}, with(more, of("kernel_shape", 2, 2), of("strides", 2, 2)));
  }

  private interface Case {
    void run(long[] x, Attribute... attributes);
  }

  private static GradientCheck check(Node node, boolean fixed) {
    return fixed ? GradientCheck.of(node).fixed() : GradientCheck.of(node);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void max(boolean fixed) {
    Case one =
        (x, a) -> check(Node.of("MaxPool", List.of("x"), List.of("y"), a), fixed).by("x", x).run();
    windows(one);
    one.run(new long[] {2, 1, 8, 8}, of("kernel_shape", 2, 3), of("dilations", 3, 2));
    Attribute order = Attribute.of("storage_order", 1L);
    for (Attribute[] a : new Attribute[][] {{}, {order}}) {
      Node both =
          Node.of("MaxPool", List.of("x"), List.of("y", "i"), with(a, of("kernel_shape", 2, 2)));
      check(both, fixed).by("x", 2, 3, 4, 5).run();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void average(boolean fixed) {
    Case one =
        (x, a) ->
            check(Node.of("AveragePool", List.of("x"), List.of("y"), a), fixed)
                .exact()
                .opset(19)
                .by("x", x)
                .run();
    windows(one);
    windows(one, COUNT_ALL);
    one.run(new long[] {2, 1, 8, 8}, of("kernel_shape", 2, 4), of("dilations", 3, 2));
  }

  @Test
  void norms() {
    windows(
        (x, a) -> {
          int count = (int) Arrays.stream(x).reduce(1, (p, q) -> p * q);
          double[] positive = IntStream.range(0, count).mapToDouble(i -> 2 + i * 7 % 5).toArray();
          GradientCheck.of(Node.of("LpPool", List.of("x"), List.of("y"), a))
              .exact()
              .by("x", positive, x)
              .run();
        },
        Attribute.of("p", 1L));
  }

  /** A window of one element: y = |x|. */
  @Test
  void normsOfHigherOrder() {
    for (long p = 2; p < 4; p++) {
      Attribute order = Attribute.of("p", p);
      double[] x = {3, -2, 5, 4};
      Node pool = Node.of("LpPool", List.of("x"), List.of("y"), order, of("kernel_shape", 1, 1));
      GradientCheck.of(pool).exact().by("x", x, 1, 1, 2, 2).run();
      Node all = Node.of("GlobalLpPool", List.of("x"), List.of("y"), order);
      GradientCheck.of(all).exact().by("x", x, 2, 2, 1, 1).run();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void wholeImages(boolean fixed) {
    for (long[] x : new long[][] {{2, 3, 4, 5}, {2, 3, 1}, {1, 2, 2, 3, 2}, {0, 3, 4, 4}}) {
      Node mean = Node.of("GlobalAveragePool", List.of("x"), List.of("y"));
      check(mean, fixed).exact().by("x", x).run();
      Node max = Node.of("GlobalMaxPool", List.of("x"), List.of("y"));
      int count = (int) Arrays.stream(x).reduce(1, (p, q) -> p * q);
      double[] apart = IntStream.range(0, count).mapToDouble(i -> i * 37 % count * 3).toArray();
      check(max, fixed).exact().by("x", apart, x).run();
    }
  }
}
