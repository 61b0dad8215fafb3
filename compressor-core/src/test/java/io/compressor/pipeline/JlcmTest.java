package io.compressor.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.DataSource;
import io.compressor.ir.Tensor;
import io.compressor.recipe.ResolvedRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The {@code jlcm} pass from file to file. */
class JlcmTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"latent", "proximal", "neighbour"})
  void learningBeatsGptqOnUnseenInputs(String gradient) {
    Path input = decoder();
    double solved = cosine(input, compress(input, jlcm("bits: 2.5, learn: false"), 1));
    String with = "bits: 2.5, steps: 150, learning-rate: 0.01, gradient: " + gradient;
    CompressionResult learnt = compress(input, jlcm(with), 1);
    assertTrue(
        cosine(input, learnt) > solved, gradient + " " + cosine(input, learnt) + " of " + solved);
    assertTrue(
        learnt.report().warnings().stream().anyMatch(w -> w.contains("held-out distance")),
        "" + learnt.report().warnings());
  }

  @Test
  void sameBytesAtAnyNumberOfThreads() throws IOException {
    Path input = decoder();
    ResolvedRecipe recipe = jlcm("bits: 3, steps: 10");
    compress(input, recipe, 1); // measures the kernels, once
    byte[] one = Files.readAllBytes(compress(input, recipe, 1).model());
    byte[] two = Files.readAllBytes(compress(input, recipe, 2).model());
    assertArrayEquals(one, two);
  }

  @Test
  void calibrationDataIsAskedFor() {
    Path input = decoder();
    CompressorException e =
        assertThrows(
            CompressorException.class,
            () ->
                Compressor.compress(
                    CompressionRequest.of(input, folder.resolve("x.onnx")).recipe(jlcm(""))));
    assertEquals(ErrorCode.RECIPE, e.code());
  }

  private Path decoder() {
    return Cases.save(RsqTest.decoder(), folder.resolve("in.onnx"));
  }

  private CompressionResult compress(Path model, ResolvedRecipe recipe, int threads) {
    Path data = Cases.save("ids", Cases.ids("seen", 256), folder.resolve("seen.npz"));
    return Compressor.compress(
        CompressionRequest.of(model, folder.resolve("out.onnx"))
            .recipe(recipe)
            .calibration(DataSource.of(data))
            .threads(threads)
            .force(true)
            .workspace(Workspaces.emptied(folder.resolve("workspace"))));
  }

  private static double cosine(Path input, CompressionResult result) {
    Tensor unseen = Cases.ids("unseen", 16);
    return Cases.cosine(Cases.run(input, "ids", unseen), Cases.run(result.model(), "ids", unseen));
  }

  private static ResolvedRecipe jlcm(String with) {
    return Cases.recipe(
        "steps:\n  - pass: jlcm\n    with: { " + with + " }\nencoding: { prefer: size }\n");
  }
}
