package io.compressor.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.compressor.engine.Engine;
import io.compressor.engine.Progress;
import io.compressor.ir.Attribute;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvMomentsTest {
  private static final int C = 4;
  private static final int H = 7;
  private static final int W = 6;

  @ParameterizedTest
  @CsvSource({
    // kernel, stride, pads, dilation, group
    "3,3, 1,1, 1,1,1,1, 1,1, 1",
    "3,3, 2,1, 0,1,2,0, 1,1, 1",
    "3,2, 1,2, 1,1,1,1, 2,1, 2",
    "1,1, 2,2, 0,0,0,0, 1,1, 1",
    "3,3, 1,1, 1,1,1,1, 1,1, 4",
    "5,5, 3,3, 2,2,2,2, 1,1, 2",
  })
  void patchesMatchTheNaiveOnesForEveryGeometry(
      int kh, int kw, int sh, int sw, int pt, int pl, int pb, int pr, int dh, int dw, int group) {
    int[] geometry = {kh, kw, sh, sw, pt, pl, pb, pr, dh, dw};
    Node conv =
        Node.of(
            "Conv",
            List.of("x", "w"),
            List.of("y"),
            Attribute.of("strides", new long[] {sh, sw}),
            Attribute.of("pads", new long[] {pt, pl, pb, pr}),
            Attribute.of("dilations", new long[] {dh, dw}),
            Attribute.of("group", group));
    long[] weight = {8, C / group, kh, kw};
    List<Map<String, Tensor>> images = images(5);
    Moments found = collect(conv, weight, ConvWindow.of(conv, weight), images);
    assertEquals(group, found.groups());
    assertEquals(C / group * kh * kw, found.size());
    for (int g = 0; g < group; g++) {
      double[][] rows = new double[0][];
      for (Map<String, Tensor> image : images) {
        float[] x = image.get("x").toFloats();
        rows = Naive.concat(rows, Naive.patches(x, C, H, W, geometry, new int[] {g, group}));
      }
      int n = found.size();
      assertEquals(rows.length, found.rows());
      double[] products = Arrays.copyOfRange(found.products(), g * n * n, (g + 1) * n * n);
      // fp32 sums of up to 210 products of size 1
      assertArrayEquals(Naive.products(rows, n), products, 1e-4);
      double mean = Arrays.stream(rows).mapToDouble(r -> r[n - 1]).average().orElseThrow();
      assertEquals(mean, found.mean(g)[n - 1], 1e-6);
      assertEquals(products[0] / rows.length, found.hessian(g).at(0, 0), 1e-9);
    }
  }

  @Test
  void theHessianPredictsTheOutputEnergyOfTheConvolution() {
    // sum of y² over all positions is w H wᵀ: ties the column order to the one Conv itself uses
    Node conv =
        Node.of(
            "Conv",
            List.of("x", "w"),
            List.of("y"),
            Attribute.of("auto_pad", "SAME_UPPER"),
            Attribute.of("strides", new long[] {2, 2}));
    long[] dims = {1, C, 3, 3};
    List<Map<String, Tensor>> images = images(4);
    Moments found = collect(conv, dims, ConvWindow.of(conv, dims), images);
    double[] w = wide(weight(dims).toFloats());
    double predicted = 0;
    for (int i = 0; i < w.length; i++) {
      for (int j = 0; j < w.length; j++) {
        predicted += w[i] * found.products()[i * w.length + j] * w[j];
      }
    }
    double energy = 0;
    try (var session =
        io.compressor.runtime.RuntimeSession.open(
            model(conv, dims), io.compressor.runtime.SessionSettings.withThreads(1))) {
      Map<String, Tensor> feeds = MemoryData.of(images).batch(0, images.size()).inputs();
      for (float y : session.run(feeds).get("y").toFloats()) {
        energy += (double) y * y;
      }
    }
    assertEquals(energy, predicted, 1e-4 * energy);
  }

  @Test
  void thinningReadsEveryOtherPosition() {
    Node conv = Node.of("Conv", List.of("x", "w"), List.of("y"));
    long[] weight = {8, C, 3, 3};
    Moments all = collect(conv, weight, ConvWindow.of(conv, weight), images(2));
    Moments some = collect(conv, weight, ConvWindow.of(conv, weight).thinned(2), images(2));
    assertEquals(2 * 5 * 4, all.rows());
    assertEquals(2 * 3 * 2, some.rows());
  }

  @Test
  void oneDimensionalConvolutionsWork() {
    Node conv = Node.of("Conv", List.of("x", "w"), List.of("y"));
    List<Map<String, Tensor>> signals =
        List.of(new HashMap<>(Map.of("x", Texts.noise("x", 5, 2, 9))));
    long[] dims = {3, 2, 4};
    Model model = model(conv, dims, new long[] {-1, 2, 9});
    Moments found = collect(model, Map.of("site", window(conv, dims)), signals).momentsOf("site");
    double[][] rows =
        Naive.patches(
            signals.get(0).get("x").toFloats(),
            2,
            1,
            9,
            new int[] {1, 4, 1, 1, 0, 0, 0, 0, 1, 1},
            new int[] {0, 1});
    assertArrayEquals(Naive.products(rows, 8), found.products(), 1e-5);
  }

  @Test
  void twoWindowsOnOneValueAreKeptApartAndEqualOnesShared() {
    Node conv = Node.of("Conv", List.of("x", "w"), List.of("y"));
    ConvInput three = window(conv, new long[] {8, C, 3, 3});
    ConvInput one = window(conv, new long[] {8, C, 1, 1});
    ActivationStatistics found =
        collect(
            model(conv, new long[] {8, C, 3, 3}),
            Map.of("a", three, "b", one, "c", three),
            images(2));
    assertEquals(C * 9, found.momentsOf("a").size());
    assertEquals(C, found.momentsOf("b").size());
    assertSame(found.momentsOf("a").products(), found.momentsOf("c").products());
  }

  @Test
  void clashingNamesAreRefused() {
    ConvInput in = window(Node.of("Conv", List.of(), List.of()), new long[] {1, 1, 1, 1});
    assertThrows(
        IllegalArgumentException.class,
        () ->
            StatisticsRequest.none().hessians(java.util.Set.of("x")).convHessians(Map.of("x", in)));
  }

  private static Moments collect(
      Node conv, long[] weight, ConvWindow window, List<Map<String, Tensor>> images) {
    return collect(model(conv, weight), Map.of("site", new ConvInput("x", window)), images)
        .momentsOf("site");
  }

  private static ActivationStatistics collect(
      Model model, Map<String, ConvInput> inputs, List<Map<String, Tensor>> images) {
    return StatisticsCollector.collect(
        model,
        StatisticsRequest.none().convHessians(inputs),
        MemoryData.of(images),
        2,
        Engine.direct(),
        Progress.NONE);
  }

  private static ConvInput window(Node conv, long[] weight) {
    return new ConvInput("x", ConvWindow.of(conv, weight));
  }

  private static Model model(Node conv, long[] weight) {
    return model(conv, weight, new long[] {-1, C, H, W});
  }

  private static Model model(Node conv, long[] weight, long[] input) {
    return Model.of(
        8,
        13,
        new Graph(
            "conv",
            List.of(conv),
            Map.of("w", weight(weight)),
            List.of(),
            List.of(Value.of("x", TensorType.of(ElementType.FLOAT, input))),
            List.of(new Value("y", Optional.empty(), Bytes.empty())),
            List.of(),
            Bytes.empty()));
  }

  private static Tensor weight(long[] dims) {
    return Texts.noise("w", 9, dims);
  }

  private static double[] wide(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  private static List<Map<String, Tensor>> images(int count) {
    List<Map<String, Tensor>> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      images.add(new HashMap<>(Map.of("x", Texts.noise("x", 50 + i, C, H, W))));
    }
    return images;
  }
}
