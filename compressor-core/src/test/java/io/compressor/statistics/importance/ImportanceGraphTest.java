package io.compressor.statistics.importance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.statistics.Emit;
import io.compressor.statistics.MemoryData;
import io.compressor.statistics.importance.ImportanceOptions.ByCount;
import io.compressor.statistics.importance.ImportanceOptions.Mapping;
import io.compressor.statistics.importance.ImportanceOptions.Score;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ImportanceGraphTest {
  private static final Optional<String> MASK = Optional.of("attention_mask");
  private static final int[] LENGTHS = {6, 9, 4, 1};
  private static final int LONGEST = 9;
  private static final ImportanceOptions PUBLISHED = ImportanceOptions.published();

  @ParameterizedTest
  @CsvSource({
    "11, 2, 2, true",
    "13, 2, 1, true",
    "17, 4, 2, true",
    "18, 2, 2, false",
    "21, 2, 1, true",
    "23, 4, 1, false"
  })
  void attentionReceivedMatchesItsDefinition(long opset, int heads, int keyHeads, boolean causal) {
    Blocks block = new Blocks(opset, heads, keyHeads, causal, true);
    MemoryData data = Blocks.data(LENGTHS);
    for (ImportanceOptions options :
        List.of(PUBLISHED, ImportanceOptions.defaults(), PUBLISHED.withExponent(2))) {
      float[] found = weights(block.model(), options, data);
      for (int i = 0; i < LENGTHS.length; i++) {
        double[] s = Expected.received(block, x(data, i));
        assertSequence(Expected.weights(options, s), found, i);
      }
    }
  }

  @Test
  void causalScoresAddUpToHeadsTimesLength() {
    Blocks block = new Blocks(17, 4, 2, true, false);
    float[] s = scores(block, Blocks.data(12), Optional.empty());
    assertEquals(4 * 12, sum(s), 1e-4);
    assertTrue(s[0] >= 4, "the first query has nothing but the first key, in every head");
  }

  @Test
  void paddedQueriesDoNotCount() {
    Blocks block = new Blocks(17, 2, 2, false, true);
    MemoryData data = Blocks.data(5, 12);
    float[] s = scores(block, data, MASK);
    assertEquals(2 * 5, sum(Arrays.copyOf(s, 12)), 1e-4);
    assertEquals(2 * 12, sum(Arrays.copyOfRange(s, 12, 24)), 1e-4);
  }

  @ParameterizedTest
  @EnumSource(Score.class)
  void paddingWeighsNothingAndRealTokensOneOnAverage(Score score) {
    Blocks block = new Blocks(17, 2, 1, true, true);
    MemoryData data = Blocks.data(LENGTHS);
    for (Mapping mapping : Mapping.values()) {
      ImportanceOptions options = PUBLISHED.withScore(score).withMapping(mapping);
      float[] w = weights(block.model(), options, data);
      for (int i = 0; i < LENGTHS.length; i++) {
        float[] mine = Arrays.copyOfRange(w, i * LONGEST, (i + 1) * LONGEST);
        assertEquals(LENGTHS[i], sum(Arrays.copyOf(mine, LENGTHS[i])), 1e-4);
        assertEquals(0, sum(Arrays.copyOfRange(mine, LENGTHS[i], LONGEST)));
      }
    }
  }

  @Test
  void otherScoresMatchTheirDefinitions() {
    Blocks block = new Blocks(17, 2, 2, true, true);
    MemoryData data = Blocks.data(LENGTHS);
    TokenFrequencies frequencies = TokenFrequencies.count(data);
    for (int i = 0; i < LENGTHS.length; i++) {
      double[][] x = x(data, i);
      int n = x.length;
      double[][] y =
          Expected.rows(
              Blocks.run(block.model(), "y", data.batch(i, i + 1).inputs()), Blocks.WIDTH);
      double[] change = new double[n];
      double[] rarity = new double[n];
      double[] first = new double[n];
      double[] ends = new double[n];
      long[] ids = data.samples().get(i).get("input_ids").toLongs();
      for (int t = 0; t < n; t++) {
        change[t] = -Math.sqrt(Expected.squared(x[t], y[t]));
        rarity[t] = -frequencies.counts()[(int) ids[t]];
        first[t] = 8 * t < n ? 1 : 0;
        ends[t] = 32 * t < n || 32 * (n - 1 - t) < n ? 1 : 0;
      }
      assertScore(block, data, i, Score.ACT_NORM, Expected.norms(x));
      assertScore(block, data, i, Score.ACT_DIFF, change);
      assertScore(block, data, i, Score.TOKEN_SIM, Expected.distances(x));
      assertScore(block, data, i, Score.TOKEN_FREQ, rarity);
      assertScore(block, data, i, Score.FIRST_N, first);
      assertScore(block, data, i, Score.FIRST_LAST_N, ends);
      assertScore(block, data, i, Score.NONE, new double[n]);
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "0.9", "0.5", "0.01"})
  void scoresAboveTheQuantileCountAsEqualToIt(double quantile) {
    Blocks block = new Blocks(17, 2, 2, true, true);
    MemoryData data = Blocks.data(LENGTHS);
    ImportanceOptions options = ImportanceOptions.defaults().withSinkQuantile(quantile);
    float[] found = weights(block.model(), options, data);
    for (int i = 0; i < LENGTHS.length; i++) {
      double[] s = Expected.received(block, x(data, i));
      assertSequence(Expected.weights(options, s), found, i);
    }
  }

  @Test
  void equalScoresAreAllOne() {
    Blocks block = new Blocks(17, 2, 2, true, true);
    float[] w =
        weights(
            block.model(), PUBLISHED.withScore(Score.NONE).withRenormalise(false), Blocks.data(7));
    for (float one : w) {
      assertEquals(1, one);
    }
  }

  @Test
  void aCommonFactorOfTheRangeChangesNothing() {
    Blocks block = new Blocks(17, 2, 2, true, true);
    MemoryData data = Blocks.data(LENGTHS);
    float[] one = weights(block.model(), PUBLISHED.withRange(0.25, 1), data);
    float[] eight = weights(block.model(), PUBLISHED.withRange(2, 8), data);
    for (int i = 0; i < one.length; i++) {
      assertEquals(one[i], eight[i], 1e-6 * Math.abs(one[i]));
    }
  }

  @Test
  void earlyTokensAreDividedByTheQueriesThatSeeThem() {
    Blocks block = new Blocks(17, 2, 2, true, true);
    MemoryData data = Blocks.data(LENGTHS);
    for (ByCount byCount : ByCount.values()) {
      ImportanceOptions options = PUBLISHED.withByCount(byCount);
      float[] found = weights(block.model(), options, data);
      for (int i = 0; i < LENGTHS.length; i++) {
        double[] s = Expected.received(block, x(data, i));
        for (int t = 0; t < s.length; t++) {
          double n = s.length - t;
          s[t] /= byCount == ByCount.NONE ? 1 : byCount == ByCount.SQRT ? Math.sqrt(n) : n;
        }
        assertSequence(Expected.weights(options, s), found, i);
      }
    }
  }

  @Test
  void withoutAttentionTheErrorNamesTheWayOut() {
    Blocks block = new Blocks(17, 2, 2, true, true);
    Model model = block.around(List.of(Node.of("MatMul", List.of("x", "wq"), List.of("y"))), "y");
    CompressorException error =
        assertThrows(
            CompressorException.class,
            () -> ImportanceGraph.append(model, PUBLISHED, "x", "y", MASK, Optional.empty()));
    assertEquals(ErrorCode.USAGE, error.code());
    assertEquals("importance", error.where());
    assertTrue(error.hint().contains("act-norm"), error.hint());
  }

  @Test
  void whatIsNotThereIsNamed() {
    Model model = new Blocks(17, 2, 2, true, true).model();
    assertThrows(
        CompressorException.class,
        () -> ImportanceGraph.append(model, PUBLISHED, "nowhere", "y", MASK, Optional.empty()));
    assertThrows(
        CompressorException.class,
        () -> ImportanceGraph.append(model, PUBLISHED, "q.h", "y", MASK, Optional.empty()));
    assertThrows(
        CompressorException.class,
        () ->
            ImportanceGraph.append(
                model, PUBLISHED.withScore(Score.TOKEN_FREQ), "x", "y", MASK, Optional.empty()));
    assertThrows(CompressorException.class, () -> PUBLISHED.withRange(2, 1));
    assertThrows(CompressorException.class, () -> PUBLISHED.withRange(Double.NaN, 1));
    assertThrows(CompressorException.class, () -> PUBLISHED.withExponent(3));
  }

  @Test
  void severalImportancesLiveInOneModel() {
    Blocks block = new Blocks(17, 2, 2, true, true);
    ImportanceGraph.Appended one =
        ImportanceGraph.append(block.model(), PUBLISHED, "x", "y", MASK, Optional.empty());
    ImportanceGraph.Appended two =
        ImportanceGraph.append(
            one.model(), PUBLISHED.withScore(Score.ACT_NORM), "x", "y", MASK, Optional.empty());
    Map<String, Tensor> found = Blocks.run(two.model(), Blocks.data(5).batch(0, 1).inputs());
    assertEquals(List.of("y", one.output(), two.output()), List.copyOf(found.keySet()));
  }

  @Test
  void rMinGrowsAsWindowsShrink() {
    assertEquals(0.01, PUBLISHED.scaledTo(4096).rMin());
    assertEquals(0.16, PUBLISHED.scaledTo(256).rMin(), 1e-12);
    assertEquals(1, PUBLISHED.scaledTo(1).rMin());
  }

  private static void assertScore(Blocks block, MemoryData data, int i, Score score, double[] s) {
    for (Mapping mapping : Mapping.values()) {
      ImportanceOptions options = PUBLISHED.withScore(score).withMapping(mapping);
      assertSequence(Expected.weights(options, s), weights(block.model(), options, data), i);
    }
  }

  private static void assertSequence(double[] expected, float[] found, int i) {
    for (int t = 0; t < expected.length; t++) {
      assertEquals(expected[t], found[i * LONGEST + t], 2e-4, "token " + t + " of " + i);
    }
  }

  private static float[] weights(Model model, ImportanceOptions options, MemoryData data) {
    Optional<TokenFrequencies> counts = Optional.of(TokenFrequencies.count(data));
    ImportanceGraph.Appended appended =
        ImportanceGraph.append(model, options, "x", "y", MASK, counts);
    return Blocks.run(appended.model(), appended.output(), data.batch(0, data.size()).inputs());
  }

  private static float[] scores(Blocks block, MemoryData data, Optional<String> mask) {
    Model model = block.model();
    Ops ops = new Ops(new Emit(model, "test"));
    String value = AttentionFinder.find(model).get(0).value().orElseThrow();
    String s = new ScoreNodes(ops, new Tokens(ops, "x", mask)).attention(value, ByCount.NONE);
    return Blocks.run(ops.emit().append(List.of(s)), s, data.batch(0, data.size()).inputs());
  }

  private static double[][] x(MemoryData data, int i) {
    return Expected.rows(data.samples().get(i).get("x").toFloats(), Blocks.WIDTH);
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float v : values) {
      sum += v;
    }
    return sum;
  }
}
