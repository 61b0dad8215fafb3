package io.compressor.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.DataSource;
import io.compressor.graph.Graphs;
import io.compressor.ir.Model;
import io.compressor.recipe.ResolvedRecipe;
import io.compressor.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The {@code precision} pass from file to file. */
class PrecisionTest {
  @TempDir Path folder;

  /** x[batch, 8, 64] through six layers with a residual each. */
  private static Model deep() {
    Graphs g = Graphs.graph().input("x", -1, Cases.TOKENS, 64);
    String from = "x";
    for (int i = 0; i < 6; i++) {
      g.constant(Cases.scaled("w" + i, 64, 64, 64));
      g.node("MatMul", "m" + i, List.of(from, "w" + i));
      g.node("Tanh", "t" + i, List.of("m" + i));
      String to = i == 5 ? "y" : "h" + i;
      g.node("Add", to, List.of(from, "t" + i));
      from = to;
    }
    return g.output("y", -1, Cases.TOKENS, 64).model();
  }

  private static ResolvedRecipe precision(String with) {
    return Cases.recipe(
        "steps:\n  - pass: precision\n    with: { objective: size, samples: 8, activations: none, "
            + with
            + " }\nencoding: { prefer: size }\n");
  }

  private CompressionResult compress(Path input, ResolvedRecipe recipe, int threads) {
    Path data = folder.resolve("seen.npz");
    if (!Files.exists(data)) {
      Cases.save("x", Cases.tokens("seen", 40), data);
    }
    return Compressor.compress(
        CompressionRequest.of(input, folder.resolve("out-" + threads + ".onnx"))
            .recipe(recipe)
            .threads(threads)
            .force(true)
            .calibration(DataSource.of(data)));
  }

  private Path input() {
    return Cases.save(deep(), folder.resolve("in.onnx"));
  }

  @ParameterizedTest
  @CsvSource({
    "augmented, hvp",
    "augmented, loss-pair",
    "augmented, none",
    "hessian, none",
    "loss, none",
    "random, none",
    "last-layers, none"
  })
  void everyOrderKeepsTheDropAndTighterIsNeverSmaller(String order, String interaction)
      throws IOException {
    Path input = input();
    long before = 0;
    for (double drop : new double[] {0.5, 0.03, 0.001, 1e-9}) {
      CompressionResult result =
          compress(
              input,
              precision(
                  "order: " + order + ", interaction: " + interaction + ", max-drop: " + drop),
              1);
      double cosine =
          Cases.cosine(
              Cases.run(input, "x", Cases.tokens("unseen", 32)),
              Cases.run(result.model(), "x", Cases.tokens("unseen", 32)));
      assertTrue(1 - cosine <= 1.5 * drop + 1e-6, drop + ": " + cosine);
      long size = Files.size(result.model());
      assertTrue(size >= 0.97 * before, "%s: %d after %d".formatted(drop, size, before));
      before = size;
      Report.Search search = result.report().search();
      assertNotNull(search);
      assertTrue(search.evaluations() <= 3 * (3 + 1) + 3 * 6, "" + search.evaluations());
    }
    assertTrue(before > 0.9 * Files.size(input), "nothing is free of loss");
  }

  @Test
  void theReportComparesPredictedAndRealisedLoss() {
    CompressionResult result = compress(input(), precision("max-drop: 0.02"), 1);
    List<String> notes = result.report().warnings();
    assertTrue(notes.stream().anyMatch(n -> n.contains("predicted") && n.contains("realised")));
    assertTrue(notes.stream().anyMatch(n -> n.contains("bound of the bisection")), "" + notes);
    assertFalse(result.report().sites().isEmpty());
  }

  @Test
  void sameBytesAtAnyNumberOfThreads() throws IOException {
    Path input = input();
    ResolvedRecipe recipe = precision("max-drop: 0.02, order: loss");
    compress(input, recipe, 1);
    byte[] one = Files.readAllBytes(compress(input, recipe, 1).model());
    byte[] two = Files.readAllBytes(compress(input, recipe, 2).model());
    assertArrayEquals(one, two);
  }

  @Test
  void convolutionsAreTimedAtTheirShapesAndTakeEightBits() throws IOException {
    Path input = Cases.save(Cases.images(), folder.resolve("cnn.onnx"));
    Path data = Cases.save("x", Cases.pictures("seen", 40), folder.resolve("pictures.npz"));
    CompressionResult result =
        Compressor.compress(
            CompressionRequest.of(input, folder.resolve("cnn-out.onnx"))
                .recipe(
                    Cases.recipe(
                        "steps:\n  - pass: precision\n    with: { samples: 16, max-drop: 0.01,"
                            + " interaction: hvp }\n"))
                .threads(1)
                .calibration(DataSource.of(data)));
    assertTrue(
        result.report().sites().stream().anyMatch(s -> s.kernel().equals("QLinearConv")),
        "" + result.report().sites());
    assertTrue(Files.size(result.model()) < Files.size(input));
  }

  @Test
  void aMetricOfLabelsWithoutLabelsIsRefused() {
    CompressorException e =
        assertThrows(
            CompressorException.class,
            () -> compress(input(), precision("metric: spearman, order: last-layers"), 1));
    assertEquals(ErrorCode.DATA, e.code());
  }

  @Test
  void calibrationDataIsAskedFor() {
    CompressorException e =
        assertThrows(
            CompressorException.class,
            () ->
                Compressor.compress(
                    CompressionRequest.of(input(), folder.resolve("x.onnx"))
                        .recipe(precision("order: loss"))));
    assertEquals(ErrorCode.RECIPE, e.code());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"levels: [8, 4]", "levels: [16]", "levels: [16, 12]", "levels: [16, 8, 8]"})
  void levelsThatMakeNoSenseAreRefused(String with) {
    assertEquals(
        ErrorCode.RECIPE, assertThrows(CompressorException.class, () -> precision(with)).code());
  }

  @Test
  void fewSamplesAreSaidNotHidden() {
    Path data = Cases.save("x", Cases.tokens("seen", 6), folder.resolve("few.npz"));
    CompressionResult result =
        Compressor.compress(
            CompressionRequest.of(input(), folder.resolve("few.onnx"))
                .recipe(precision("order: loss, max-drop: 0.02"))
                .threads(1)
                .calibration(DataSource.of(data)));
    assertTrue(
        result.report().warnings().stream().anyMatch(w -> w.contains("too few to hold some out")));
  }

  private static ResolvedRecipe budget(String limits) {
    return Cases.recipe(
        "steps:\n  - pass: precision\n    with: { samples: 8, activations: none, order: loss }\n"
            + "budget: { "
            + limits
            + " }\nencoding: { prefer: size }\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 40, 25, 18})
  void aBudgetOfBytesIsSpentAndNotExceededAsPlanned(int percent) throws IOException {
    Path input = input();
    ResolvedRecipe recipe = budget("size: " + percent + "%");
    CompressionResult result = compress(input, recipe, 1);
    long limit = Files.size(input) * percent / 100;
    long size = Files.size(result.model());
    assertTrue(size <= limit, size + " of " + limit);
    long step = 3 * 64 * 64 + 1000; // one weight more in float instead of int8
    assertTrue(size >= limit - step, size + " of " + limit);
    assertTrue(result.gate().passed());
    CompressionPlan plan =
        Compressor.plan(
            CompressionRequest.of(input, folder.resolve("p.onnx"))
                .recipe(recipe)
                .calibration(DataSource.of(folder.resolve("seen.npz"))));
    assertEquals(size, plan.bytesAfter(), step);
  }

  @Test
  void aBudgetThatCannotBeMetIsSaidAndTheBestIsWritten() throws IOException {
    Path input = input();
    CompressionResult result = compress(input, budget("size: 1%"), 1);
    assertFalse(result.gate().passed());
    assertTrue(
        result.report().warnings().stream()
            .anyMatch(w -> w.contains("no configuration is within the budget")));
    assertTrue(Files.size(result.model()) < 0.2 * Files.size(input));
  }

  @Test
  void aBudgetThatIsMetAlreadyChangesNothing() {
    Path input = input();
    CompressionResult result = compress(input, budget("size: 100%, latency: 100s"), 1);
    assertTrue(result.report().sites().isEmpty());
    assertTrue(result.report().warnings().stream().anyMatch(w -> w.contains("already")));
    float[] a = Cases.run(input, "x", Cases.tokens("unseen", 8));
    assertArrayEquals(a, Cases.run(result.model(), "x", Cases.tokens("unseen", 8)));
  }

  @Test
  void tooFewSamplesForTheAllowedDropAreSaidAndStopAStrictRun() {
    Path input = Cases.save(Cases.images(), folder.resolve("cnn.onnx"));
    Path data = Cases.save("x", Cases.pictures("seen", 24), folder.resolve("pictures.npz"));
    CompressionRequest request =
        CompressionRequest.of(input, folder.resolve("strict.onnx"))
            .recipe(
                Cases.recipe(
                    "steps:\n  - pass: quantize\n    with: { activations: none }\n"
                        + "gates: { metric: agreement, max-drop: 0.01 }\n"))
            .threads(1)
            .evaluation(DataSource.of(data));
    CompressorException e =
        assertThrows(CompressorException.class, () -> Compressor.compress(request.strict(true)));
    assertEquals(ErrorCode.DATA, e.code());
    assertTrue(e.getMessage().contains("at least 100"), e.getMessage());
    assertTrue(
        Compressor.compress(request).report().warnings().stream()
            .anyMatch(w -> w.contains("at least 100")));
  }
}
