package io.compressor.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.formats.data.DataSource;
import io.compressor.ir.Model;
import io.compressor.recipe.RecipeSource;
import io.compressor.recipe.ResolvedRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bytes that {@code plan} tells are those of the file, within one per cent. */
class PlanBytesTest {
  /** Nodes that decode tables of another size: a learnt one may have a level less. Once a file. */
  private static final int TABLES = 700;

  @TempDir Path folder;

  private void compare(Model model, String input, boolean pictures, ResolvedRecipe recipe)
      throws IOException {
    Path file = Cases.save(model, folder.resolve("in.onnx"));
    Path data =
        Cases.save(
            input,
            pictures ? Cases.pictures("seen", 40) : Cases.tokens("seen", 40),
            folder.resolve("seen.npz"));
    CompressionRequest request =
        CompressionRequest.of(file, folder.resolve("out.onnx"))
            .recipe(recipe)
            .threads(1)
            .force(true)
            .calibration(DataSource.of(data));
    CompressionPlan plan = Compressor.plan(request);
    double written = (double) Files.size(Compressor.compress(request).model());
    assertEquals(written, plan.bytesAfter(), 0.01 * written + TABLES, "" + plan.sites());
  }

  @ParameterizedTest
  @CsvSource({"int8", "small"})
  void presets(String name) throws IOException {
    compare(Cases.perceptron(), "x", false, RecipeSource.preset(name).resolve());
    compare(Cases.images(), "x", true, RecipeSource.preset(name).resolve());
  }

  @ParameterizedTest
  @CsvSource({"4, 32", "3, 16", "2, 0", "8, 0"})
  void widths(int bits, int group) throws IOException {
    compare(Cases.perceptron(), "x", false, Cases.quantize("bits: " + bits + ", group: " + group));
  }

  @Test
  void mixedWidthsAreNamedAndNoFileIsLarger() throws IOException {
    Path file = Cases.save(Cases.perceptron(), folder.resolve("in.onnx"));
    CompressionRequest request =
        CompressionRequest.of(file, folder.resolve("out.onnx"))
            .recipe(Cases.quantize("bits: 8, mixed: [8, 4], group: 32"))
            .threads(1)
            .calibration(
                DataSource.of(
                    Cases.save("x", Cases.tokens("seen", 40), folder.resolve("seen.npz"))));
    CompressionPlan plan = Compressor.plan(request);
    assertTrue(
        plan.sites().stream().allMatch(s -> s.choice().startsWith("4-bit or 8-bit")),
        "" + plan.sites());
    assertTrue(
        (double) Files.size(Compressor.compress(request).model()) <= 1.01 * plan.bytesAfter());
  }
}
