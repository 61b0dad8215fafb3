package io.compressor.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Engine;
import io.compressor.engine.LocalEngine;
import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Attribute;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatisticsCollectorTest {
  /** fp32 sums of up to a few hundred products of size 1, next to fp64. */
  private static final double FP32 = 1e-4;

  private static final StatisticsRequest EVERYTHING =
      StatisticsRequest.none()
          .ranges(Set.of("h"))
          .channelRanges(Set.of("x", "a"))
          .hessians(Set.of("x", "a"))
          .histograms(Set.of("x"));

  @ParameterizedTest
  @ValueSource(longs = {11, 13, 17, 18, 21})
  void everyStatisticMatchesItsDefinitionInEveryOperatorSet(long opset) {
    MemoryData data = Texts.data(7, i -> 5);
    ActivationStatistics found = collect(Texts.model(opset), EVERYTHING, data, 3, 1);
    double[][] rows = Texts.rows(data, 0, 7);
    Moments moments = found.momentsOf("x");
    assertEquals(35, moments.rows());
    assertArrayEquals(Naive.products(rows, Texts.WIDTH), moments.products(), FP32);
    ChannelRanges channels = found.channelsOf("x");
    for (int c = 0; c < Texts.WIDTH; c++) {
      int channel = c;
      double[] column = Arrays.stream(rows).mapToDouble(r -> r[channel]).toArray();
      assertEquals(Arrays.stream(column).min().orElseThrow(), channels.min()[c]);
      assertEquals(Arrays.stream(column).max().orElseThrow(), channels.max()[c]);
      assertEquals(Arrays.stream(column).average().orElseThrow(), channels.mean()[c], 1e-6);
      assertEquals(channels.mean()[c], moments.mean(0)[c], 1e-6);
    }
    assertEquals(channels.range(), found.rangeOf("x"));
    assertEquals(0, found.rangeOf("a").min(), "after Relu");
    assertEquals(35 * 10, found.rangeOf("h").count());
    assertEquals(found.rangeOf("h").max(), found.rangeOf("a").max());
    assertEquals(35 * Texts.WIDTH, found.histogramOf("x").total());
    assertTrue(found.findings().isEmpty());
  }

  @Test
  void paddedRowsCountNowhere() {
    MemoryData data = Texts.data(6, i -> 2 + 3 * (i % 3));
    // offset by a bias, so that padding would be seen in every statistic of h
    Model model =
        Texts.model(
            13,
            List.of(
                Node.of("MatMul", List.of("x", "w1"), List.of("m")),
                Node.of("Exp", List.of("m"), List.of("h")),
                Node.of("MatMul", List.of("h", "w2"), List.of("y"))));
    StatisticsRequest request =
        StatisticsRequest.none()
            .ranges(Set.of("m"))
            .channelRanges(Set.of("h"))
            .hessians(Set.of("h"))
            .histograms(Set.of("h"));
    ActivationStatistics padded = collect(model, request, data, 6, 1);
    ActivationStatistics natural = collect(model, request, data, 1, 1);
    assertEquals(6 / 3 * (2 + 5 + 8), padded.momentsOf("h").rows());
    assertArrayEquals(natural.momentsOf("h").products(), padded.momentsOf("h").products(), 1e-3);
    assertArrayEquals(natural.channelsOf("h").min(), padded.channelsOf("h").min(), 1e-6);
    assertArrayEquals(natural.channelsOf("h").mean(), padded.channelsOf("h").mean(), 1e-6);
    assertEquals(natural.rangeOf("m").count(), padded.rangeOf("m").count());
    assertEquals(natural.histogramOf("h").total(), padded.histogramOf("h").total());
    ActivationStatistics blind =
        collect(model, request.mask(java.util.Optional.empty()), data, 6, 1);
    assertEquals(6 * 8, blind.momentsOf("h").rows(), "without a mask padding counts");
  }

  @Test
  void rowsFlattenedOverBatchAndLengthAreMaskedToo() {
    Model model =
        Texts.model(
            13,
            List.of(
                Node.of("Reshape", List.of("x", "flat"), List.of("f")),
                Node.of("MatMul", List.of("f", "w1"), List.of("h")),
                Node.of("MatMul", List.of("h", "w2"), List.of("y"))));
    Map<String, Tensor> constants = new HashMap<>(model.graph().initializers());
    constants.put("flat", Tensor.ofLongs("flat", new long[] {2}, -1, Texts.WIDTH));
    Model flat = model.withGraph(model.graph().withInitializers(constants));
    MemoryData data = Texts.data(4, i -> 2 + i);
    Moments found =
        collect(flat, StatisticsRequest.none().hessians(Set.of("f")), data, 4, 1).momentsOf("f");
    assertEquals(2 + 3 + 4 + 5, found.rows());
    assertArrayEquals(Naive.products(Texts.rows(data, 0, 4), Texts.WIDTH), found.products(), FP32);
  }

  @Test
  void rowsThatLeaveTheSessionGiveTheSameBitsInAnyBatch() {
    // x is fed, so no rounding of the model comes in; one or two rows are fewer than six columns
    MemoryData data = Texts.data(12, i -> 2);
    StatisticsRequest request = StatisticsRequest.none().hessians(Set.of("x"));
    double[] one = collect(Texts.model(13), request, data, 1, 1).momentsOf("x").products();
    double[] two = collect(Texts.model(13), request, data, 2, 2).momentsOf("x").products();
    assertBitwise(one, two);
    assertArrayEquals(Naive.products(Texts.rows(data, 0, 12), Texts.WIDTH), one, FP32);
  }

  @Test
  void theBatchSizeChangesNothingButRounding() {
    MemoryData data = Texts.data(12, i -> 3 + i % 4);
    ActivationStatistics one = collect(Texts.model(13), EVERYTHING, data, 1, 1);
    for (int batch : new int[] {2, 5, 12, 100}) {
      ActivationStatistics many = collect(Texts.model(13), EVERYTHING, data, batch, 1);
      assertArrayEquals(
          one.momentsOf("a").products(), many.momentsOf("a").products(), FP32, "batch " + batch);
      assertEquals(one.momentsOf("a").rows(), many.momentsOf("a").rows());
      assertArrayEquals(one.histogramOf("x").counts(), many.histogramOf("x").counts());
      assertEquals(one.rangeOf("h").count(), many.rangeOf("h").count());
    }
  }

  @Test
  void threadsDoNotChangeABit() {
    MemoryData data = Texts.data(23, i -> 3 + i % 4);
    StatisticsRequest request = EVERYTHING.holdout(0.25);
    ActivationStatistics one = collect(Texts.model(13), request, data, 2, 1);
    ActivationStatistics four = collect(Texts.model(13), request, data, 2, 4);
    for (String value : List.of("x", "a")) {
      assertBitwise(one.momentsOf(value).products(), four.momentsOf(value).products());
      assertBitwise(one.momentsOf(value).sums(), four.momentsOf(value).sums());
      assertBitwise(one.holdout().get(value).products(), four.holdout().get(value).products());
      assertBitwise(one.channelsOf(value).mean(), four.channelsOf(value).mean());
    }
    assertEquals(one.ranges(), four.ranges());
    assertArrayEquals(one.histogramOf("x").counts(), four.histogramOf("x").counts());
  }

  @Test
  void hessiansAreExactlySymmetric() {
    Moments found =
        collect(Texts.model(13), EVERYTHING, Texts.data(9, i -> 7), 4, 1).momentsOf("a");
    for (int r = 0; r < found.size(); r++) {
      for (int c = 0; c < found.size(); c++) {
        assertEquals(
            found.products()[r * found.size() + c], found.products()[c * found.size() + r]);
      }
    }
  }

  @Test
  void heldOutSamplesAreTheLastAndCountOnce() {
    MemoryData data = Texts.data(16, i -> 4);
    ActivationStatistics found = collect(Texts.model(13), EVERYTHING.holdout(0.125), data, 5, 2);
    assertEquals(14 * 4, found.momentsOf("x").rows());
    assertEquals(2 * 4, found.holdout().get("x").rows());
    assertArrayEquals(
        Naive.products(Texts.rows(data, 14, 16), Texts.WIDTH),
        found.holdout().get("x").products(),
        FP32);
    assertEquals(16 * 4 * Texts.WIDTH, found.rangeOf("x").count(), "ranges use all samples");
  }

  @Test
  void oneSampleIsNeverHeldOut() {
    ActivationStatistics found =
        collect(Texts.model(13), EVERYTHING.holdout(0.5), Texts.data(1, i -> 4), 5, 1);
    assertEquals(4, found.momentsOf("x").rows());
    assertTrue(found.holdout().isEmpty());
  }

  /** Batches of one sample have fewer rows than columns, those of five have more. */
  @ParameterizedTest
  @ValueSource(ints = {1, 5})
  void rowWeightsScaleEachRowsContribution(int batch) {
    // w = sum of |x| over the channels of the row, a value of the graph itself
    List<Node> nodes = new ArrayList<>(Texts.model(13).graph().nodes());
    nodes.add(Node.of("Abs", List.of("x"), List.of("abs")));
    nodes.add(
        Node.of(
            "ReduceMax",
            List.of("abs"),
            List.of("w"),
            Attribute.of("axes", new long[] {2}),
            Attribute.of("keepdims", 0)));
    MemoryData data = Texts.data(5, i -> 2 + i);
    Moments found =
        collect(
                Texts.model(13, nodes),
                StatisticsRequest.none().hessians(Set.of("x")).rowWeights(Map.of("x", "w")),
                data,
                batch,
                1)
            .momentsOf("x");
    double[][] rows = Texts.rows(data, 0, 5);
    double total = 0;
    for (double[] row : rows) {
      double w = Arrays.stream(row).map(Math::abs).max().orElseThrow();
      total += w;
      for (int i = 0; i < row.length; i++) {
        row[i] *= Math.sqrt(w);
      }
    }
    assertArrayEquals(Naive.products(rows, Texts.WIDTH), found.products(), FP32);
    assertEquals(total, found.weight(), FP32);
    assertEquals(20, found.rows());
    assertEquals(found.products()[0] / found.weight(), found.hessian().at(0, 0), 1e-9);
  }

  @Test
  void anotherChannelAxisMovesItToTheRows() {
    MemoryData data = Texts.data(4, i -> 5);
    ActivationStatistics found =
        collect(
            Texts.model(13),
            StatisticsRequest.none()
                .hessians(Set.of("x"))
                .channelRanges(Set.of("x"))
                .channelAxes(Map.of("x", 1)),
            data,
            4,
            1);
    assertEquals(5, found.channelsOf("x").channels());
    double[][] rows = new double[4 * Texts.WIDTH][5];
    double[][] plain = Texts.rows(data, 0, 4);
    for (int i = 0; i < plain.length; i++) {
      for (int c = 0; c < Texts.WIDTH; c++) {
        rows[i / 5 * Texts.WIDTH + c][i % 5] = plain[i][c];
      }
    }
    assertArrayEquals(Naive.products(rows, 5), found.momentsOf("x").products(), FP32);
    assertThrows(
        CompressorException.class,
        () ->
            collect(
                Texts.model(13),
                StatisticsRequest.none().channelRanges(Set.of("x")).channelAxes(Map.of("x", 3)),
                data,
                4,
                1));
  }

  @Test
  void brokenBatchesAreNamedAndLeftOut() {
    MemoryData data = Texts.data(6, i -> 4);
    poison(data, 2, Float.NaN);
    poison(data, 5, Float.POSITIVE_INFINITY);
    ActivationStatistics found = collect(Texts.model(13), EVERYTHING, data, 1, 2);
    assertEquals(16, found.momentsOf("x").rows());
    assertTrue(Double.isFinite(found.rangeOf("h").max()));
    assertEquals(16 * Texts.WIDTH, found.histogramOf("x").total());
    Finding finding =
        found.findings().stream().filter(f -> f.value().equals("x")).findFirst().orElseThrow();
    assertTrue(finding.message().contains("2 of 6"), finding.message());
    assertTrue(finding.message().contains("samples 2 to 2"), finding.message());
  }

  @Test
  void aValueThatIsNeverFiniteIsADataError() {
    MemoryData data = Texts.data(1, i -> 4);
    poison(data, 0, Float.NaN);
    ActivationStatistics found = collect(Texts.model(13), EVERYTHING, data, 1, 1);
    CompressorException e = assertThrows(CompressorException.class, () -> found.momentsOf("x"));
    assertEquals(ErrorCode.DATA, e.code());
    assertEquals("x", e.where());
    assertEquals(
        ErrorCode.INTERNAL,
        assertThrows(CompressorException.class, () -> found.rangeOf("never asked")).code());
  }

  @Test
  void aBatchOfNothingButPaddingIsSkipped() {
    MemoryData data = Texts.data(3, i -> 4);
    data.samples()
        .get(1)
        .put("attention_mask", Tensor.ofLongs("attention_mask", new long[] {4}, 0, 0, 0, 0));
    ActivationStatistics found = collect(Texts.model(13), EVERYTHING, data, 1, 1);
    assertEquals(8, found.momentsOf("x").rows());
  }

  @Test
  void unknownValuesAndFixedBatchesThatDoNotFitAreRefused() {
    MemoryData data = Texts.data(3, i -> 4);
    assertEquals(
        ErrorCode.USAGE,
        assertThrows(
                CompressorException.class,
                () ->
                    collect(
                        Texts.model(13),
                        StatisticsRequest.none().ranges(Set.of("nope")),
                        data,
                        1,
                        1))
            .code());
    MemoryData fixed = new MemoryData(data.samples(), OptionalInt.of(4));
    assertEquals(
        ErrorCode.DATA,
        assertThrows(
                CompressorException.class, () -> collect(Texts.model(13), EVERYTHING, fixed, 1, 1))
            .code());
  }

  @Test
  void samplesThatDoNotFillAFixedBatchAreReported() {
    MemoryData data = Texts.data(7, i -> 4);
    MemoryData fixed = new MemoryData(data.samples(), OptionalInt.of(3));
    ActivationStatistics found = collect(Texts.model(13), EVERYTHING, fixed, 1, 1);
    assertEquals(24, found.momentsOf("x").rows());
    assertTrue(found.findings().get(0).message().startsWith("1 samples"));
  }

  @Test
  void nothingAskedIsNothingRun() {
    ActivationStatistics found =
        collect(Texts.model(13), StatisticsRequest.none(), Texts.data(1, i -> 1), 1, 1);
    assertTrue(found.ranges().isEmpty());
    assertFalse(found.moments().containsKey("x"));
  }

  @Test
  void cancellingStopsBetweenBatches() {
    Progress stopped =
        new Progress() {
          @Override
          public void begin(String stage, long steps) {}

          @Override
          public void advance(long steps) {}

          @Override
          public boolean isCancelled() {
            return true;
          }
        };
    try (Engine engine = new LocalEngine(1)) {
      CompressorException e =
          assertThrows(
              CompressorException.class,
              () ->
                  StatisticsCollector.collect(
                      Texts.model(13), EVERYTHING, Texts.data(3, i -> 4), 1, engine, stopped));
      assertEquals(ErrorCode.CANCELLED, e.code());
    }
  }

  private static ActivationStatistics collect(
      Model model, StatisticsRequest request, MemoryData data, int batch, int threads) {
    try (Engine engine = new LocalEngine(threads)) {
      return StatisticsCollector.collect(model, request, data, batch, engine, Progress.NONE);
    }
  }

  private static void poison(MemoryData data, int sample, float with) {
    Tensor x = data.samples().get(sample).get("x");
    float[] values = x.toFloats();
    values[7] = with;
    data.samples().get(sample).put("x", Tensor.ofFloats("x", x.dims(), values));
  }

  private static void assertBitwise(double[] expected, double[] found) {
    assertEquals(expected.length, found.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(Double.doubleToRawLongBits(expected[i]), Double.doubleToRawLongBits(found[i]));
    }
  }
}
