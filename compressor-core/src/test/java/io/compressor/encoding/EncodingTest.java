package io.compressor.encoding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.graph.Site;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.runtime.Optimization;
import io.compressor.runtime.OptimizedGraph;
import io.compressor.runtime.SessionSettings;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every encoding writes computes, in ONNX Runtime, what the codes stand for. */
class EncodingTest {
  /**
   * Sums of float32 products in another order; activations are rounded the same way on both sides.
   */
  private static final double FLOAT_NOISE = 2e-5;

  /** An activation on the edge between two codes may fall either way: a code or two of many. */
  private static final double INT8_NOISE = 2e-3;

  private static final List<Integer> ROWS = List.of(1, 7, 128);

  private static void check(
      Encoding e, Model model, QuantSpec spec, List<Tensor> feeds, UnaryOperator<Tensor> rounding) {
    Site site = Bench.site(model);
    String what =
        "%s %s %dx%d %s"
            .formatted(e.id(), site.node().opType(), site.out(), site.in(), spec.toString());
    assertEquals(Optional.empty(), e.refuse(site, spec, Bench.CONTEXT), what);
    QuantizedWeight weight = Bench.quantize(site, e, spec);
    Model written = Bench.emit(model, e, weight, EmitOptions.none());
    boolean rounds =
        Set.of(Arithmetic.DYNAMIC_INT8, Arithmetic.TOKEN_INT8).contains(e.arithmetic());
    double limit = rounds ? INT8_NOISE : FLOAT_NOISE;
    List<float[]> expected =
        Bench.run(Bench.restored(model, weight), feeds.stream().map(rounding).toList());
    List<float[]> found = Bench.run(written, feeds);
    for (int i = 0; i < feeds.size(); i++) {
      double error = Bench.error(expected.get(i), found.get(i));
      assertTrue(error <= limit, what + " for " + feeds.get(i) + ": " + error);
    }
    // scale and zero point of all rows: once for a whole model
    int once = e.arithmetic() == Arithmetic.TOKEN_INT8 ? 5 : 0;
    long bytes = e.bytes(site, spec) - e.saved(site, weight) + once;
    assertEquals(bytes, Bench.weightBytes(written), what);
  }

  private static void check(Encoding e, Model model, QuantSpec spec, Tensor x) {
    check(e, model, spec, List.of(x), v -> v);
  }

  /** Every kind of product in a ragged shape, two of them in even and in tiny shapes. */
  private static void checkProducts(Encoding e, QuantSpec spec, UnaryOperator<Tensor> rounding) {
    products(e, spec, 64, 48, rounding, Bench.matMul(64, 48), Bench.gemm(64, 48, 1, true));
    products(e, spec, 33, 5, rounding, Bench.matMul(33, 5), Bench.gemm(33, 5, 0, true));
    products(
        e,
        spec,
        100,
        37,
        rounding,
        Bench.matMulAdd(100, 37),
        Bench.gemm(100, 37, 1, false),
        Bench.gemm(100, 37, 1, true));
  }

  private static void products(
      Encoding e,
      QuantSpec spec,
      int in,
      int out,
      UnaryOperator<Tensor> rounding,
      Model... models) {
    for (Model model : models) {
      if (e.refuse(Bench.site(model), spec, Bench.CONTEXT).isEmpty()) { // ragged: some refuse
        List<Tensor> feeds = ROWS.stream().map(m -> Bench.noise("x", m, m, in)).toList();
        check(e, model, spec, feeds, rounding);
      }
    }
  }

  private static QuantSpec spec(int bits, int group) {
    return new QuantSpec(bits, group, true, false);
  }

  private static QuantSpec asymmetric(int bits, int group) {
    return new QuantSpec(bits, group, false, false);
  }

  @Test
  void dynamicInt8ComputesWithRoundedActivations() {
    checkProducts(Encodings.DYNAMIC_INT8, spec(8, 0), Bench::dynamicallyRounded);
  }

  @Test
  void tokensAreRoundedRowByRow() {
    checkProducts(Encodings.INT8_TOKEN, spec(8, 0), Bench::rowRounded);
    checkProducts(Encodings.TABLE_TOKEN, spec(4, 16), Bench::rowRounded);
  }

  /** What the massive activation of one token does to the others: nothing. */
  @Test
  void oneLargeTokenSpoilsNoOther() {
    Model model = Bench.matMul(64, 48);
    Tensor x = Bench.noise("x", 3, 8, 64);
    float[] values = x.toFloats();
    for (int i = 0; i < 64; i++) {
      values[i] *= 1000;
    }
    Tensor large = Tensor.ofFloats("x", x.dims(), values);
    QuantizedWeight weight = Bench.quantize(Bench.site(model), Encodings.INT8_TOKEN, spec(8, 0));
    float[] exact = Bench.run(Bench.restored(model, weight), List.of(large)).get(0);
    double token =
        otherRows(
            exact,
            Bench.run(
                    Bench.emit(model, Encodings.INT8_TOKEN, weight, EmitOptions.none()),
                    List.of(large))
                .get(0));
    double whole =
        otherRows(
            exact,
            Bench.run(
                    Bench.emit(model, Encodings.DYNAMIC_INT8, weight, EmitOptions.none()),
                    List.of(large))
                .get(0));
    assertTrue(token < 0.01, "by token " + token);
    assertTrue(whole > 0.5, "as a whole " + whole);
  }

  /** A row of zeros, as padding is, comes out as zeros and not as NaN. */
  @Test
  void aTokenOfZerosStaysZero() {
    Model model = Bench.matMul(16, 8);
    QuantizedWeight weight = Bench.quantize(Bench.site(model), Encodings.INT8_TOKEN, spec(8, 0));
    Model written = Bench.emit(model, Encodings.INT8_TOKEN, weight, EmitOptions.none());
    Tensor zeros = Tensor.ofFloats("x", new long[] {2, 16}, new float[32]);
    assertArrayEquals(new float[16], Bench.run(written, List.of(zeros)).get(0), 0f);
  }

  /** Relative error of all rows but the first, of 48 each. */
  private static double otherRows(float[] expected, float[] found) {
    return Bench.error(
        Arrays.copyOfRange(expected, 48, expected.length),
        Arrays.copyOfRange(found, 48, found.length));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5})
  void tablesDecodeToInt8(int bits) {
    for (int group : new int[] {0, 16, 32}) {
      checkProducts(Encodings.TABLE_INT8, spec(bits, group), Bench::dynamicallyRounded);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5})
  void tablesDecodeToFloat(int bits) {
    for (int group : new int[] {0, 16, 32}) {
      checkProducts(Encodings.TABLE_FLOAT, spec(bits, group), x -> x);
    }
  }

  @Test
  void wholeBytesDecodeToFloat() {
    for (int bits : new int[] {6, 8}) {
      checkProducts(Encodings.INT8_FLOAT, spec(bits, 0), x -> x);
      checkProducts(Encodings.INT8_FLOAT, asymmetric(bits, 16), x -> x);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 8})
  void nBitsRoundsActivationsBlockByBlock(int bits) {
    for (int group : bits == 2 ? new int[] {32, 64, 128} : new int[] {16, 32, 64, 128, 256}) {
      checkProducts(Encodings.NBITS, spec(bits, group), x -> Bench.blockRounded(x, group));
      checkProducts(Encodings.NBITS, asymmetric(bits, group), x -> Bench.blockRounded(x, group));
    }
  }

  @Test
  void exactNBitsKeepsActivations() {
    for (int group : new int[] {0, 16, 32, 128}) {
      checkProducts(Encodings.NBITS_EXACT, spec(4, group), x -> x);
      checkProducts(Encodings.NBITS_EXACT, asymmetric(3, group), x -> x);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 8})
  void blockedDequantizeLinearFusesToTheSame(int bits) {
    for (int group : new int[] {16, 32, 64}) {
      checkProducts(Encodings.DQ_BLOCKED, spec(bits, group), x -> Bench.blockRounded(x, group));
      checkProducts(
          Encodings.DQ_BLOCKED, asymmetric(bits, group), x -> Bench.blockRounded(x, group));
    }
  }

  @Test
  void convolutionsDecodeInTheirOwnLayout() {
    for (Encoding e :
        List.of(
            Encodings.TABLE_FLOAT, Encodings.INT8_FLOAT, Encodings.TABLE_QDQ, Encodings.INT8_QDQ)) {
      for (QuantSpec spec : List.of(spec(4, 0), spec(4, 8), spec(3, 16))) {
        check(e, Bench.conv(6, 10, 1, 3, 3), spec, Bench.noise("x", 3, 2, 6, 8, 9));
        check(e, Bench.conv(6, 9, 3, 3, 3), spec, Bench.noise("x", 3, 2, 6, 8, 9));
        check(e, Bench.conv(5, 5, 5, 3, 3), spec, Bench.noise("x", 3, 1, 5, 6, 6));
        check(e, Bench.conv(6, 10, 2, 5), spec, Bench.noise("x", 3, 2, 6, 31));
      }
    }
  }

  @Test
  void leftOperandsAreWrittenByWhatCanAndRefusedByTheRest() {
    Model model = Bench.leftMatMul(24, 10);
    Tensor x = Bench.noise("x", 3, 24, 7);
    check(Encodings.TABLE_FLOAT, model, spec(4, 8), x);
    check(Encodings.INT8_FLOAT, model, spec(8, 0), x);
    for (Encoding e : List.of(Encodings.DYNAMIC_INT8, Encodings.TABLE_INT8, Encodings.NBITS)) {
      String reason = e.refuse(Bench.site(model), spec(4, 16), Bench.CONTEXT).orElseThrow();
      assertTrue(reason.contains("left operand"), reason);
    }
  }

  @Test
  void embeddingRowsAreExact() {
    Tensor flat = Tensor.ofLongs("x", new long[] {5}, 0, 49, 3, 3, -1);
    Tensor square = Tensor.ofLongs("x", new long[] {2, 3}, 1, 2, 3, 4, 5, 6);
    Tensor none = Tensor.ofLongs("x", new long[] {1, 0});
    for (Tensor ids : List.of(flat, square, none)) {
      for (int bits : new int[] {2, 3, 4, 5}) {
        for (int group : new int[] {0, 16, 32}) {
          check(Encodings.TABLE_FLOAT, Bench.gather(50, 96), spec(bits, group), ids);
        }
      }
      check(Encodings.TABLE_FLOAT, Bench.gather(50, 33), spec(4, 11), ids);
      check(Encodings.INT8_ROWS, Bench.gather(50, 96), spec(8, 0), ids);
    }
    for (Tensor ids : List.of(Tensor.ofLongs("x", new long[] {4}, 0, 49, 3, 3), square)) {
      for (int bits : new int[] {3, 4, 8}) {
        check(Encodings.GATHER_BLOCKS, Bench.gather(50, 96), spec(bits, 32), ids);
        check(Encodings.GATHER_BLOCKS, Bench.gather(50, 96), asymmetric(bits, 16), ids);
      }
    }
  }

  @Test
  void onlyTheInt8KernelIsLeftAfterLoad() {
    for (Encoding e : List.of(Encodings.DYNAMIC_INT8, Encodings.TABLE_INT8)) {
      for (QuantSpec spec : List.of(spec(2, 0), spec(3, 16), spec(4, 32))) {
        assertEquals(
            Set.of(e.kernel(Bench.site(Bench.matMul(100, 37)))),
            kernels(e, Bench.matMul(100, 37), spec));
        assertEquals(
            Set.of("DynamicQuantizeMatMul"), kernels(e, Bench.gemm(100, 37, 1, true), spec));
        assertEquals(Set.of("DynamicQuantizeMatMul"), kernels(e, Bench.matMulAdd(100, 37), spec));
      }
    }
    assertEquals(
        Set.of("MatMul"), kernels(Encodings.TABLE_FLOAT, Bench.matMul(100, 37), spec(3, 16)));
    assertEquals(
        Set.of("MatMul"), kernels(Encodings.INT8_FLOAT, Bench.matMul(100, 37), spec(8, 0)));
    assertEquals(
        Set.of("MatMulNBits"), kernels(Encodings.NBITS, Bench.gemm(64, 37, 1, true), spec(4, 32)));
    for (QuantSpec s : List.of(spec(4, 32), spec(8, 32), asymmetric(4, 16))) {
      assertEquals(Set.of("MatMulNBits"), kernels(Encodings.DQ_BLOCKED, Bench.matMul(64, 37), s));
      assertEquals(
          Set.of("MatMulNBits"), kernels(Encodings.DQ_BLOCKED, Bench.gemm(64, 37, 1, true), s));
    }
  }

  @Test
  void betweenQuantizedActivationsAConvolutionBecomesQLinearConv() {
    Model bare = Bench.conv(6, 10, 1, 3, 3);
    List<Node> nodes = new ArrayList<>();
    nodes.add(Node.of("QuantizeLinear", List.of("x", "s", "z"), List.of("xq")));
    nodes.add(Node.of("DequantizeLinear", List.of("xq", "s", "z"), List.of("xd")));
    Node conv = bare.graph().nodes().get(0);
    nodes.add(conv.withInputs(List.of("xd", "w", "b")).withOutputs(List.of("c")));
    nodes.add(Node.of("QuantizeLinear", List.of("c", "t", "z"), List.of("cq")));
    nodes.add(Node.of("DequantizeLinear", List.of("cq", "t", "z"), List.of("y")));
    Map<String, Tensor> constants = new LinkedHashMap<>(bare.graph().initializers());
    constants.put("s", Tensor.scalar("s", 1 / 100f));
    constants.put("t", Tensor.scalar("t", 1 / 10f));
    constants.put(
        "z", Tensor.ofBytes("z", ElementType.UINT8, new long[0], new byte[] {(byte) 128}));
    Model model = bare.withGraph(bare.graph().withNodes(nodes).withInitializers(constants));
    Site site = Bench.site(model);
    Tensor x = Bench.noise("x", 3, 2, 6, 8, 9);
    for (Encoding e : List.of(Encodings.TABLE_QDQ, Encodings.INT8_QDQ)) {
      QuantSpec spec = spec(4, 9);
      assertEquals(
          Set.of("QuantizeLinear", "QLinearConv", "DequantizeLinear"), kernels(e, model, spec));
      QuantizedWeight weight = Bench.quantize(site, e, spec);
      // As written: optimising, ONNX Runtime would round these float weights to int8 by itself.
      Model restored = Bench.restored(model, weight);
      float[] expected = Bench.run(restored, List.of(x), Optimization.NONE).get(0);
      Model written = Bench.emit(model, e, weight, EmitOptions.none());
      float[] found = Bench.run(written, List.of(x)).get(0);
      for (int i = 0; i < found.length; i++) {
        assertEquals(expected[i], found[i], 0.1001, "one step of the output: " + e.id());
      }
    }
  }

  private static Set<String> kernels(Encoding e, Model model, QuantSpec spec) {
    QuantizedWeight weight = Bench.quantize(Bench.site(model), e, spec);
    Model written = Bench.emit(model, e, weight, EmitOptions.none());
    Set<String> ops = new TreeSet<>();
    OptimizedGraph.of(written, SessionSettings.withThreads(1))
        .kernels()
        .forEach(k -> ops.add(k.op()));
    return ops;
  }

  @Test
  void smoothingDividesTheInputOnce() {
    Model model = Bench.gemm(40, 16, 1, true);
    Site site = Bench.site(model);
    float[] s = new float[40];
    for (int i = 0; i < s.length; i++) {
      s[i] = 0.5f + i / 20f;
    }
    Tensor x = Bench.noise("x", 5, 7, 40);
    float[] smooth = x.toFloats();
    for (int i = 0; i < smooth.length; i++) {
      smooth[i] *= 1 / s[i % 40];
    }
    Tensor divided = Tensor.ofFloats("x", x.dims(), smooth);
    for (Encoding e :
        List.of(Encodings.DYNAMIC_INT8, Encodings.TABLE_INT8, Encodings.TABLE_FLOAT)) {
      QuantizedWeight weight = Bench.quantize(site, e, spec(4, 8));
      Model written = Bench.emit(model, e, weight, EmitOptions.smoothed(s));
      Tensor seen =
          e.arithmetic() == Arithmetic.FLOAT ? divided : Bench.dynamicallyRounded(divided);
      float[] expected = Bench.run(Bench.restored(model, weight), List.of(seen)).get(0);
      assertTrue(Bench.error(expected, Bench.run(written, List.of(x)).get(0)) < INT8_NOISE, e.id());
    }
  }

  @Test
  void everyEncodingIsFoundByItsName() {
    assertEquals(Encodings.ALL.size(), Encodings.ALL.stream().map(Encoding::id).distinct().count());
    Encodings.ALL.forEach(e -> assertEquals(e, Encodings.byId(e.id())));
  }
}
