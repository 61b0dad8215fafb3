package io.compressor.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EvaluationTest {
  private static final EvaluationOptions OPTIONS = EvaluationOptions.defaults();

  @Test
  void identicalModelsDropExactlyNothingAndLeaveNoDoubt() {
    MemoryData data = classified(64);
    Comparison comparison = compare(Fake.identity(), Fake.identity(), data, classifierMetrics());
    assertTrue(comparison.identicalOutputs());
    for (PairedResult result : comparison.results()) {
      assertEquals(0, result.drop().value(), result.metric().id());
      assertEquals(0, result.drop().low95(), result.metric().id());
      assertEquals(0, result.drop().high95(), result.metric().id());
      assertEquals(result.base().value(), result.candidate().value(), result.metric().id());
    }
  }

  @Test
  void aWorseModelDropsAndABetterOneGains() {
    MemoryData data = classified(400);
    Comparison worse = compare(Fake.identity(), noise(2, 1), data, classifierMetrics());
    Comparison better = compare(noise(2, 1), Fake.identity(), data, classifierMetrics());
    for (String metric : List.of("top1", "f1", "mcc")) {
      assertTrue(worse.get(metric).drop().low95() > 0, metric);
      assertEquals(
          -worse.get(metric).drop().value(), better.get(metric).drop().value(), 1e-12, metric);
      assertTrue(worse.get(metric).pValue().orElseThrow() < 0.01, metric);
    }
  }

  @Test
  void pairingMakesTheDifferenceMoreCertainThanTheValues() {
    Comparison c = compare(Fake.identity(), noise(0.1, 1), classified(400), classifierMetrics());
    for (String metric : List.of("top1", "f1")) {
      PairedResult r = c.get(metric);
      double values = r.base().high95() - r.base().low95();
      double drop = r.drop().high95() - r.drop().low95();
      assertTrue(drop < 0.7 * values, metric + " " + drop + " " + values);
    }
  }

  @Test
  void resultsDoNotDependOnTheBatch() {
    MemoryData data = classified(50);
    Comparison whole = compareIn(50, Fake.identity(), scaled(), data, classifierMetrics());
    Comparison single = compareIn(1, Fake.identity(), scaled(), data, classifierMetrics());
    Comparison odd = compareIn(7, Fake.identity(), scaled(), data, classifierMetrics());
    for (PairedResult r : whole.results()) {
      assertEquals(r.candidate().value(), single.get(r.metric().id()).candidate().value());
      assertEquals(r.drop().high95(), odd.get(r.metric().id()).drop().high95());
    }
  }

  @Test
  void aFixedBatchIsAlwaysFullAndNoSampleCountsTwice() {
    MemoryData data = classified(50).fixed(8);
    List<Long> sizes = new ArrayList<>();
    Predictor fussy =
        feeds -> {
          sizes.add(feeds.get("x").dims()[0]);
          return Fake.identity().predict(feeds);
        };
    Comparison fixed = compare(fussy, scaled(), data, classifierMetrics());
    assertTrue(sizes.stream().allMatch(s -> s == 8), sizes.toString());
    assertEquals(7, sizes.size());
    Comparison free = compare(Fake.identity(), scaled(), classified(50), classifierMetrics());
    for (PairedResult r : free.results()) {
      assertEquals(r.base().value(), fixed.get(r.metric().id()).base().value());
      assertEquals(r.candidate().value(), fixed.get(r.metric().id()).candidate().value());
    }
  }

  @Test
  void largeOutputsAreTakenInSmallBatches() {
    List<Long> sizes = new ArrayList<>();
    int width = (int) (Pass.OUTPUT_BUDGET / 4 / 5); // five samples are the budget
    Predictor wide =
        feeds -> {
          long n = feeds.get("x").dims()[0];
          sizes.add(n);
          float[] out = new float[(int) n * width];
          out[0] = 1;
          return Map.of("y", Tensor.ofFloats("y", new long[] {n, width}, out));
        };
    Evaluation.single(wide, classified(15), List.of(Metrics.parse("top1")), OPTIONS, Progress.NONE);
    assertEquals(List.of(1L, 3L, 5L, 3L, 3L), sizes);
  }

  @Test
  void fewerSamplesThanAFixedBatchAreRefused() {
    CompressorException e =
        assertThrows(
            CompressorException.class,
            () -> compare(Fake.identity(), scaled(), classified(5).fixed(8), classifierMetrics()));
    assertEquals(ErrorCode.DATA, e.code());
  }

  @Test
  void notANumberIsReportedAndNeverAverged() {
    MemoryData data = classified(64);
    float one = data.batch(3, 4).inputs().get("x").toFloats()[1]; // of sample 3
    Predictor broken =
        Fake.mapping(
            v -> {
              float[] out = v.clone();
              for (int i = 0; i < out.length; i++) {
                out[i] = out[i] == one ? Float.NaN : out[i];
              }
              return out;
            });
    Comparison c = compareIn(64, Fake.identity(), broken, data, classifierMetrics());
    for (PairedResult r : c.results()) {
      assertFalse(r.valid(), r.metric().id());
      assertTrue(r.note().contains("not a number in 1 of 64 rows, first in row 3"), r.note());
      assertTrue(Double.isFinite(r.base().value()), r.metric().id());
    }
  }

  @Test
  void textsOfDifferentLengthsGiveTheSameAsOneByOne() {
    SplittableRandom random = new SplittableRandom(1);
    long[][] ids = new long[30][];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = random.longs(2 + random.nextInt(9), 0, 5).toArray();
    }
    Predictor base = Fake.perToken(5, (token, d) -> (float) Math.sin(3 * token + d));
    Predictor other = Fake.perToken(5, (token, d) -> (float) Math.sin(3 * token + 1.1 * d));
    List<Metric> metrics =
        List.of(
            Metrics.parse("perplexity"), Metrics.parse("cosine"), Metrics.parse("cosine-token"));
    Comparison batched = compareIn(8, base, other, MemoryData.ofTokens(ids), metrics);
    Comparison alone = compareIn(1, base, other, MemoryData.ofTokens(ids), metrics);
    for (PairedResult r : batched.results()) {
      PairedResult a = alone.get(r.metric().id());
      assertEquals(a.candidate().value(), r.candidate().value(), r.metric().id());
      assertEquals(a.drop().value(), r.drop().value(), r.metric().id());
    }
  }

  @Test
  void perplexityDropsAsAShareOfTheBase() {
    Predictor base = Fake.perToken(3, (token, d) -> d == 1 ? 1 : 0);
    Predictor other = Fake.perToken(3, (token, d) -> d == 1 ? 0.9f : 0);
    Comparison c =
        compare(
            base,
            other,
            MemoryData.ofTokens(new long[][] {{0, 1, 1}, {1, 1, 1, 1}}),
            List.of(Metrics.parse("perplexity")));
    PairedResult r = c.get("perplexity");
    assertEquals(r.candidate().value() / r.base().value() - 1, r.drop().value(), 1e-12);
    assertTrue(r.drop().value() > 0);
  }

  @Test
  void comparingMetricsOnOneModelAreRefused() {
    CompressorException e =
        assertThrows(
            CompressorException.class,
            () ->
                Evaluation.single(
                    Fake.identity(),
                    classified(9),
                    List.of(Metrics.parse("kl")),
                    OPTIONS,
                    Progress.NONE));
    assertEquals(ErrorCode.USAGE, e.code());
  }

  @Test
  void outputsOfDifferentShapesAreRefused() {
    Predictor wide = feeds -> Map.of("y", Tensor.ofFloats("y", new long[] {9, 5}, new float[45]));
    CompressorException e =
        assertThrows(
            CompressorException.class,
            () -> compare(Fake.identity(), wide, classified(9).fixed(9), classifierMetrics()));
    assertEquals(ErrorCode.MODEL, e.code());
    assertTrue(e.getMessage().contains("[9, 4]") && e.getMessage().contains("[9, 5]"));
  }

  @Test
  void anOutputThatIsNotThereIsRefusedWithThoseThatAre() {
    CompressorException e =
        assertThrows(
            CompressorException.class,
            () ->
                Evaluation.single(
                    Fake.identity(),
                    classified(9),
                    List.of(Metrics.parse("top1")),
                    OPTIONS.output("logits"),
                    Progress.NONE));
    assertTrue(e.hint().contains("[y]"), e.hint());
  }

  @Test
  void cancellationStopsThePass() {
    Progress cancelled =
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
    CompressorException e =
        assertThrows(
            CompressorException.class,
            () ->
                Evaluation.single(
                    Fake.identity(),
                    classified(9),
                    List.of(Metrics.parse("top1")),
                    OPTIONS,
                    cancelled));
    assertEquals(ErrorCode.CANCELLED, e.code());
  }

  static MemoryData classified(int n) {
    SplittableRandom random = new SplittableRandom(6);
    float[][] x = new float[n][4];
    long[] labels = new long[n];
    for (int i = 0; i < n; i++) {
      labels[i] = random.nextInt(4);
      for (int c = 0; c < 4; c++) {
        x[i][c] = (float) random.nextDouble() + (c == labels[i] ? 0.4f : 0);
      }
    }
    return MemoryData.of(x).labelled(labels);
  }

  static List<Metric> classifierMetrics() {
    return List.of(
        Metrics.parse("top1"),
        Metrics.parse("f1"),
        Metrics.parse("mcc"),
        Metrics.parse("agreement"),
        Metrics.parse("cosine"),
        Metrics.parse("sqnr"),
        Metrics.parse("kl"),
        Metrics.parse("max-abs"));
  }

  /** Adds noise that depends on the value alone, so that it is the same in every batch. */
  static Predictor noise(double size, long seed) {
    return Fake.mapping(
        v -> {
          float[] out = new float[v.length];
          for (int i = 0; i < v.length; i++) {
            long bits = Float.floatToIntBits(v[i]) * 31L + seed;
            out[i] = v[i] + (float) (size * new SplittableRandom(bits).nextDouble(-1, 1));
          }
          return out;
        });
  }

  private static Predictor scaled() {
    return noise(0.2, 3);
  }

  private static Comparison compare(
      Predictor base, Predictor candidate, MemoryData data, List<Metric> metrics) {
    return compareIn(32, base, candidate, data, metrics);
  }

  private static Comparison compareIn(
      int batch, Predictor base, Predictor candidate, MemoryData data, List<Metric> metrics) {
    return Evaluation.compare(
        base, candidate, data, metrics, OPTIONS.batch(batch).resamples(400), Progress.NONE);
  }
}
