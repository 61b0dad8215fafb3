package io.compressor.statistics.importance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.compressor.engine.LocalEngine;
import io.compressor.engine.Progress;
import io.compressor.statistics.MemoryData;
import io.compressor.statistics.Moments;
import io.compressor.statistics.StatisticsCollector;
import io.compressor.statistics.StatisticsRequest;
import io.compressor.statistics.importance.ImportanceOptions.Score;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The weights as a Hessian sees them; batches below and above its width, padded and not. */
class ImportanceHessianTest {
  private static final Blocks BLOCK = new Blocks(17, 2, 1, true, true);
  private static final int[] LENGTHS = {9, 16, 5, 12};

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void constantImportanceIsTheUnweightedHessianToTheLastBit(int batch) {
    ImportanceOptions none = ImportanceOptions.published().withScore(Score.NONE);
    ImportanceOptions flat = ImportanceOptions.published().withRange(0.3, 0.3);
    Moments plain = plain(Blocks.data(LENGTHS), batch);
    assertArrayEquals(plain.products(), weighted(none, batch).products());
    assertArrayEquals(plain.products(), weighted(flat, batch).products());
    assertEquals(plain.rows(), weighted(flat, batch).rows());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void aFactorOfTheRangeIsNotSeen(int batch) {
    ImportanceOptions options = ImportanceOptions.published();
    double[] one = weighted(options.withRange(0.25, 1), batch).products();
    assertArrayEquals(one, weighted(options.withRange(1, 4), batch).products(), 1e-4);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void weightZeroDeletesTheToken(int batch) {
    ImportanceOptions firstEighth =
        ImportanceOptions.published()
            .withScore(Score.FIRST_N)
            .withRange(0, 1)
            .withRenormalise(false);
    int[] kept = new int[LENGTHS.length];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = (LENGTHS[i] + 7) / 8;
    }
    double[] expected = new double[Blocks.WIDTH * Blocks.WIDTH];
    MemoryData data = Blocks.data(LENGTHS);
    for (int i = 0; i < kept.length; i++) {
      double[][] x = Expected.rows(data.samples().get(i).get("x").toFloats(), Blocks.WIDTH);
      for (int t = 0; t < kept[i]; t++) {
        for (int a = 0; a < Blocks.WIDTH * Blocks.WIDTH; a++) {
          expected[a] += x[t][a / Blocks.WIDTH] * x[t][a % Blocks.WIDTH];
        }
      }
    }
    assertArrayEquals(expected, weighted(firstEighth, batch).products(), 1e-5);
  }

  private static Moments plain(MemoryData data, int batch) {
    return collect(BLOCK.model(), StatisticsRequest.none().hessians(Set.of("x")), data, batch);
  }

  private static Moments weighted(ImportanceOptions options, int batch) {
    ImportanceGraph.Appended appended =
        ImportanceGraph.append(
            BLOCK.model(), options, "x", "y", Optional.of("attention_mask"), Optional.empty());
    StatisticsRequest request =
        StatisticsRequest.none().hessians(Set.of("x")).rowWeights(Map.of("x", appended.output()));
    return collect(appended.model(), request, Blocks.data(LENGTHS), batch);
  }

  private static Moments collect(
      io.compressor.ir.Model model, StatisticsRequest request, MemoryData data, int batch) {
    try (LocalEngine engine = new LocalEngine(1)) {
      return StatisticsCollector.collect(model, request, data, batch, engine, Progress.NONE)
          .momentsOf("x");
    }
  }
}
