package io.compressor.statistics.importance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Tensor;
import io.compressor.statistics.MemoryData;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TokenFrequenciesTest {
  private static MemoryData data(String name, long[]... texts) {
    return MemoryData.of(java.util.Arrays.stream(texts).map(t -> sample(name, t)).toList());
  }

  private static Map<String, Tensor> sample(String name, long... ids) {
    Map<String, Tensor> sample = new LinkedHashMap<>();
    sample.put(name, Tensor.ofLongs(name, new long[] {ids.length}, ids));
    return sample;
  }

  @Test
  void countsEveryId() {
    TokenFrequencies found =
        TokenFrequencies.count(data("input_ids", new long[] {3, 1, 3}, new long[] {5000, 3}));
    assertEquals("input_ids", found.input());
    assertEquals(5001, found.counts().length);
    assertEquals(3, found.counts()[3]);
    assertEquals(1, found.counts()[1]);
    assertEquals(1, found.counts()[5000]);
    assertEquals(0, found.counts()[0]);
  }

  @Test
  void paddingDoesNotCount() {
    Map<String, Tensor> padded = sample("input_ids", 4, 4, 0, 0);
    padded.put("attention_mask", Tensor.ofLongs("attention_mask", new long[] {4}, 1, 1, 0, 0));
    TokenFrequencies found =
        TokenFrequencies.count(new MemoryData(List.of(padded), OptionalInt.empty()));
    assertArrayEquals(new long[] {0, 0, 0, 0, 2}, found.counts());
  }

  @Test
  void theOnlyIntegerMatrixIsTaken() {
    assertEquals("tokens", TokenFrequencies.count(data("tokens", new long[] {1})).input());
    MemoryData noIds =
        MemoryData.of(List.of(Map.of("x", Tensor.ofFloats("x", new long[] {1}, new float[1]))));
    CompressorException error =
        assertThrows(CompressorException.class, () -> TokenFrequencies.count(noIds));
    assertEquals(ErrorCode.DATA, error.code());
    assertTrue(error.hint().contains("act-norm"), error.hint());
  }

  @Test
  void impossibleIdsAreRefused() {
    for (long id : new long[] {-1, 1L << 40}) {
      MemoryData bad = data("input_ids", new long[] {1, id});
      assertThrows(CompressorException.class, () -> TokenFrequencies.count(bad));
    }
    assertThrows(
        CompressorException.class, () -> TokenFrequencies.count(data("a", new long[] {1}), "b"));
  }

  @Test
  void idsThatNeverOccurredAreRarest() {
    Blocks block = new Blocks(17, 2, 2, true, true);
    MemoryData data = Blocks.data(8); // ids 0 1 4 4 1 0 1 4
    ImportanceOptions options =
        ImportanceOptions.published()
            .withScore(ImportanceOptions.Score.TOKEN_FREQ)
            .withRenormalise(false);
    ImportanceGraph.Appended appended =
        ImportanceGraph.append(
            block.model(),
            options,
            "x",
            "y",
            Optional.empty(),
            Optional.of(new TokenFrequencies("input_ids", new long[] {7, 2})));
    float[] w = Blocks.run(appended.model(), appended.output(), data.batch(0, 1).inputs());
    double middle = 0.01 + 0.99 * 5 / 7;
    double[] expected = {0.01, middle, 1, 1, middle, 0.01, middle, 1};
    for (int t = 0; t < 8; t++) {
      assertEquals(expected[t], w[t], 1e-6);
    }
  }
}
