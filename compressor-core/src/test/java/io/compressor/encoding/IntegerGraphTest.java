package io.compressor.encoding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.graph.GeluFinder;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Graphs;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each integer part against its definition in double arithmetic. */
class IntegerGraphTest {
  private static final Set<IntegerGraph.Part> ALL = EnumSet.allOf(IntegerGraph.Part.class);

  @ParameterizedTest
  @ValueSource(strings = {"end", "x", "sum", "node"})
  void geluIsWithinOneUnitOfTheLastDigit(String half) {
    Model model = gelu(half, 64);
    assertEquals(1, GeluFinder.find(new GraphIndex(model)).size());
    IntegerGraph.Result result = IntegerGraph.rewrite(model, ALL, 16);
    assertEquals(1, result.replaced().get(IntegerGraph.Part.GELU));
    for (double size : new double[] {1e-3, 0.3, 1, 5, 300}) {
      Tensor x = Graphs.random("x", size, 3, 64);
      float[] y = run(result.model(), Map.of("x", x));
      float[] v = added(x);
      for (int block = 0; block < y.length; block += 16) {
        double unit = Math.max(unit(v, block, 1, 16), 0x1p-15);
        for (int i = block; i < block + 16; i++) {
          // half a unit from rounding x, times a slope of at most 1.13, and half of rounding y
          assertEquals(GeluTable.gelu(v[i]), y[i], 1.07 * unit + 1e-7, half + " " + v[i]);
          double code = Math.rint(v[i] / unit) * unit;
          assertEquals(GeluTable.gelu(code), y[i], 0.501 * unit, half + " " + v[i]);
        }
      }
    }
  }

  @Test
  void whatOnlyLooksLikeGeluStays() {
    Model third =
        Graphs.graph()
            .input("x", 3, 64)
            .floats("root", (float) Math.sqrt(3))
            .floats("one", 1)
            .floats("half", 0.5f)
            .node("Div", "d", List.of("x", "root"))
            .node("Erf", "e", List.of("d"))
            .node("Add", "s", List.of("e", "one"))
            .node("Mul", "p", List.of("x", "s"))
            .node("Mul", "y", List.of("p", "half"))
            .output("y", 3, 64)
            .model();
    assertEquals(0, GeluFinder.find(new GraphIndex(third)).size());
    assertEquals(0, IntegerGraph.rewrite(third, ALL, 16).replaced().get(IntegerGraph.Part.GELU));
  }

  @Test
  void productsOfActivationsEqualThoseOfTheRoundedOperands() {
    Model model =
        Graphs.graph()
            .input("a", 2, 5, 24)
            .input("b", 2, 24, 7)
            .node("MatMul", "y", List.of("a", "b"))
            .output("y", 2, 5, 7)
            .model();
    IntegerGraph.Result result = IntegerGraph.rewrite(model, ALL, 64);
    assertEquals(1, result.replaced().get(IntegerGraph.Part.MATMUL));
    Tensor a = Graphs.random("a", 3, 2, 5, 24);
    Tensor b = Graphs.random("b", 0.01, 2, 24, 7);
    float[] y = run(result.model(), Map.of("a", a, "b", b));
    float[] qa = a.toFloats();
    float[] qb = b.toFloats();
    for (int row = 0; row < 10; row++) {
      round(qa, row * 24, 1, 24);
    }
    for (int col = 0; col < 14; col++) {
      round(qb, col / 7 * 24 * 7 + col % 7, 7, 24);
    }
    for (int i = 0; i < y.length; i++) {
      int batch = i / 35;
      double sum = 0;
      for (int k = 0; k < 24; k++) {
        sum += (double) qa[(i / 7) * 24 + k] * qb[(batch * 24 + k) * 7 + i % 7];
      }
      assertEquals(sum, y[i], 0x1p-23 * Math.abs(sum), "entry " + i);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0.99f, 1, 127, 127.4f, 63.8f, 1e-20f, 127.6f})
  void theExponentIsTheLargestThatFits(float largest) {
    float[] x = {largest, -largest / 3, 0, 0};
    Model model =
        Graphs.graph()
            .input("a", 1, 4)
            .input("b", 4, 1)
            .node("MatMul", "y", List.of("a", "b"))
            .output("y", 1, 1)
            .model();
    Tensor a = Tensor.ofFloats("a", new long[] {1, 4}, x);
    Tensor b = Tensor.ofFloats("b", new long[] {4, 1}, new float[] {1, 0, 0, 0});
    float y = run(IntegerGraph.rewrite(model, ALL, 0).model(), Map.of("a", a, "b", b))[0];
    double unit = unit(x, 0, 1, 4);
    assertEquals(Math.rint(largest / unit) * unit, y, 1e-6 * y);
    assertTrue(largest / unit >= 63.7 && largest / unit < 127.5);
  }

  @Test
  void zerosStayZero() {
    Model model = gelu("end", 64);
    float[] bias = added(Tensor.ofFloats("x", new long[] {1, 64}, new float[64]));
    float[] minus = new float[3 * 64];
    for (int i = 0; i < minus.length; i++) {
      minus[i] = -bias[i % 64];
    }
    Tensor x = Tensor.ofFloats("x", new long[] {3, 64}, minus);
    for (float y : run(IntegerGraph.rewrite(model, ALL, 16).model(), Map.of("x", x))) {
      assertEquals(0, y);
    }
  }

  private static Model gelu(String half, int size) {
    Graphs g =
        Graphs.graph()
            .input("x", 3, size)
            .weight("bias", size)
            .floats("root", (float) Math.sqrt(2))
            .floats("one", 1)
            .floats("half", 0.5f)
            .node("Add", "v", List.of("x", "bias"));
    if (half.equals("node")) {
      return g.node("Gelu", "y", List.of("v")).output("y", 3, size).model(20);
    }
    g.node("Div", "d", List.of("v", "root"))
        .node("Erf", "e", List.of("d"))
        .node("Add", "s", List.of("one", "e"));
    switch (half) {
      case "end" -> g.node("Mul", "p", List.of("v", "s")).node("Mul", "y", List.of("p", "half"));
      case "x" -> g.node("Mul", "h", List.of("v", "half")).node("Mul", "y", List.of("h", "s"));
      default -> g.node("Mul", "h", List.of("half", "s")).node("Mul", "y", List.of("h", "v"));
    }
    return g.output("y", 3, size).model();
  }

  private static float[] added(Tensor x) {
    float[] v = x.toFloats();
    float[] bias = Graphs.random("bias", 1, 64).toFloats();
    for (int i = 0; i < v.length; i++) {
      v[i] += bias[i % 64];
    }
    return v;
  }

  private static double unit(float[] x, int from, int step, int count) {
    double largest = 0;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, Math.abs(x[from + i * step]));
    }
    return Math.pow(2, -Math.floor(Math.log(127.49 / largest) / Math.log(2)));
  }

  private static void round(float[] x, int from, int step, int count) {
    double unit = unit(x, from, step, count);
    for (int i = 0; i < count; i++) {
      x[from + i * step] = (float) (Math.rint(x[from + i * step] / unit) * unit);
    }
  }

  private static float[] run(Model model, Map<String, Tensor> feeds) {
    try (RuntimeSession session = RuntimeSession.open(model, SessionSettings.withThreads(1))) {
      return session.run(feeds).get("y").toFloats();
    }
  }
}
