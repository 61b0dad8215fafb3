package io.compressor.encoding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.graph.Graphs;
import io.compressor.ir.Attribute;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Softmax, norms and intermediates in whole numbers against their definitions. */
class IntegerNormTest {
  private static final int N = 48;

  @ParameterizedTest
  @CsvSource({"0.01,7", "1,7", "20,7", "1,1", "1,300"})
  void softmaxIsWithinOneStepAndRowsSumToOne(double size, int length) {
    Model model =
        Graphs.graph()
            .input("x", 4, length)
            .node("Softmax", "y", List.of("x"), Attribute.of("axis", -1))
            .output("y", 4, length)
            .model();
    IntegerGraph.Result result = rewrite(model, IntegerGraph.Part.SOFTMAX);
    assertEquals(1, result.replaced().get(IntegerGraph.Part.SOFTMAX));
    Tensor x = Graphs.random("x", size, 4, length);
    float[] y = run(result.model(), x);
    float[] exact = run(model, x);
    for (int row = 0; row < 4; row++) {
      double sum = 0;
      for (int i = row * length; i < (row + 1) * length; i++) {
        assertEquals(exact[i], y[i], 1.0 / 256 + 1e-6);
        sum += y[i];
      }
      assertEquals(1, sum, (length + 1) / 256.0);
    }
  }

  @Test
  void masksOfAnySizeHideEntries() {
    Model model =
        Graphs.graph()
            .input("x", 1, 4)
            .node("Softmax", "y", List.of("x"), Attribute.of("axis", -1))
            .output("y", 1, 4)
            .model();
    Model integer = rewrite(model, IntegerGraph.Part.SOFTMAX).model();
    for (float mask : new float[] {-1e4f, -3.4e38f, Float.NEGATIVE_INFINITY}) {
      Tensor x = Tensor.ofFloats("x", new long[] {1, 4}, new float[] {3, 3 + mask, 3, 3 + mask});
      float[] y = run(integer, x);
      assertEquals(0.5f, y[0]);
      assertEquals(0, y[1]);
      assertEquals(0, y[3]);
    }
  }

  @Test
  void softmaxOverAnotherAxisStays() {
    Model model =
        Graphs.graph()
            .input("x", 4, 5)
            .node("Softmax", "y", List.of("x"), Attribute.of("axis", 0))
            .output("y", 4, 5)
            .model();
    assertEquals(
        0, rewrite(model, IntegerGraph.Part.SOFTMAX).replaced().get(IntegerGraph.Part.SOFTMAX));
  }

  @ParameterizedTest
  @CsvSource({"LAYER,1e-3", "LAYER,0.3", "LAYER,1", "LAYER,500", "RMS,0.3", "RMS,500"})
  void normsAreExactToAThousandth(String kind, double size) {
    Model model = norm(kind);
    IntegerGraph.Result result = rewrite(model, IntegerGraph.Part.LAYERNORM);
    assertEquals(1, result.replaced().get(IntegerGraph.Part.LAYERNORM));
    Tensor x = Graphs.random("x", size, 5, N);
    float[] y = run(result.model(), x);
    float[] exact = run(model, x);
    double error = 0;
    for (int i = 0; i < y.length; i++) {
      error = Math.max(error, Math.abs(y[i] - exact[i]));
    }
    assertTrue(error < 1e-3, "largest difference " + error);
  }

  @Test
  void theMeanOfANormIsBelowOneUnit() {
    Model model =
        Graphs.graph()
            .input("x", 5, N)
            .floats("gain", ones())
            .floats("shift", new float[N])
            .node(
                "LayerNormalization",
                "y",
                List.of("x", "gain", "shift"),
                Attribute.of("epsilon", 1e-5f))
            .output("y", 5, N)
            .model(17);
    float[] y =
        run(rewrite(model, IntegerGraph.Part.LAYERNORM).model(), Graphs.random("x", 3, 5, N));
    for (int row = 0; row < 5; row++) {
      double sum = 0;
      for (int i = 0; i < N; i++) {
        sum += y[row * N + i];
      }
      assertEquals(0, sum / N, 1.0 / 4096);
    }
  }

  @Test
  void aRowOfOneNumberBecomesTheShift() {
    float[] x = new float[5 * N];
    java.util.Arrays.fill(x, 7.25f);
    Model model = norm("LAYER");
    Tensor input = Tensor.ofFloats("x", new long[] {5, N}, x);
    float[] y = run(rewrite(model, IntegerGraph.Part.LAYERNORM).model(), input);
    float[] exact = run(model, input);
    for (int i = 0; i < y.length; i++) {
      assertEquals(exact[i], y[i], 2e-3);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 16})
  void intermediatesKeepEightBitsOfEachBlock(int width) {
    Model model =
        Graphs.graph()
            .input("a", 5, N)
            .input("x", 5, N)
            .floats("gain", ones())
            .floats("shift", new float[N])
            .node("Add", "sum", List.of("a", "x"))
            .node("LayerNormalization", "n", List.of("sum", "gain", "shift"))
            .node("Sub", "y", List.of("n", "sum"))
            .output("y", 5, N)
            .model(17);
    IntegerGraph.Result result =
        IntegerGraph.rewrite(model, EnumSet.of(IntegerGraph.Part.INTERMEDIATES), width);
    assertEquals(2, result.replaced().get(IntegerGraph.Part.INTERMEDIATES));
    Map<String, Tensor> feeds =
        Map.of("a", Graphs.random("a", 1, 5, N), "x", Graphs.random("x", 1, 5, N));
    float[] y = run(result.model(), feeds);
    float[] exact = run(model, feeds);
    double error = 0;
    double size = 0;
    for (int i = 0; i < y.length; i++) {
      error += (y[i] - exact[i]) * (y[i] - exact[i]);
      size += exact[i] * exact[i];
    }
    assertTrue(error > 0 && error < 1e-3 * size, "relative error " + error / size);
  }

  @Test
  void scoresWithAMaskAreNotRounded() {
    Model model =
        Graphs.graph()
            .input("a", 2, 4)
            .input("x", 2, 4)
            .node("Add", "sum", List.of("a", "x"))
            .node("Softmax", "y", List.of("sum"), Attribute.of("axis", -1))
            .output("y", 2, 4)
            .model();
    IntegerGraph.Result result = rewrite(model, IntegerGraph.Part.INTERMEDIATES);
    assertEquals(0, result.replaced().get(IntegerGraph.Part.INTERMEDIATES));
  }

  private static Model norm(String kind) {
    Graphs g = Graphs.graph().input("x", 5, N).weight("gain", N).weight("shift", N);
    if (kind.equals("RMS")) {
      g.floats("two", 2).floats("epsilon", 1e-6f);
      g.node("Pow", "square", List.of("x", "two"));
      g.node("ReduceMean", "mean", List.of("square"), Attribute.of("axes", new long[] {-1}));
      g.node("Add", "sum", List.of("mean", "epsilon"));
      g.node("Sqrt", "root", List.of("sum"));
      g.node("Div", "unit", List.of("x", "root"));
      return g.node("Mul", "y", List.of("unit", "gain")).output("y", 5, N).model();
    }
    g.node(
        "LayerNormalization", "y", List.of("x", "gain", "shift"), Attribute.of("epsilon", 1e-5f));
    return g.output("y", 5, N).model(17);
  }

  private static float[] ones() {
    float[] ones = new float[N];
    java.util.Arrays.fill(ones, 1);
    return ones;
  }

  private static IntegerGraph.Result rewrite(Model model, IntegerGraph.Part part) {
    return IntegerGraph.rewrite(model, EnumSet.of(part), 0);
  }

  private static float[] run(Model model, Tensor x) {
    return run(model, Map.of("x", x));
  }

  private static float[] run(Model model, Map<String, Tensor> feeds) {
    try (RuntimeSession session = RuntimeSession.open(model, SessionSettings.withThreads(1))) {
      return session.run(feeds).get("y").toFloats();
    }
  }
}
