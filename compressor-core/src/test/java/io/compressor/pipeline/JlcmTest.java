package io.compressor.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.DataSource;
import io.compressor.graph.Graphs;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.recipe.ResolvedRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    double solved = cosine(input, compress(input, jlcm("bits: 2.5, learn: none"), 1));
    String with = "bits: 2.5, steps: 150, learning-rate: 0.01, gradient: " + gradient;
    CompressionResult learnt = compress(input, jlcm(with), 1);
    assertTrue(
        cosine(input, learnt) > solved, gradient + " " + cosine(input, learnt) + " of " + solved);
    assertTrue(
        learnt.report().warnings().stream().anyMatch(w -> w.contains("held-out distance")),
        "" + learnt.report().warnings());
  }

  @Test
  void blocksLearnOneAfterTheOther() {
    Path input = decoder();
    double solved = cosine(input, compress(input, jlcm("bits: 2.5, learn: none"), 1));
    CompressionResult learnt =
        compress(input, jlcm("bits: 2.5, learn: blocks, steps: 100, learning-rate: 0.02"), 1);
    assertTrue(cosine(input, learnt) > solved, cosine(input, learnt) + " of " + solved);
    assertTrue(
        learnt.report().warnings().stream().anyMatch(w -> w.contains("blocks")),
        "" + learnt.report().warnings());
  }

  @Test
  void vectorsLearnToo() {
    Path input = decoder();
    double solved = cosine(input, compress(input, jlcm("bits: 2, vector: 4, learn: none"), 1));
    CompressionResult learnt =
        compress(input, jlcm("bits: 2, vector: 4, steps: 100, learning-rate: 0.01"), 1);
    assertTrue(cosine(input, learnt) > solved, cosine(input, learnt) + " of " + solved);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector: 3", "vector: 4, group: 32", "vector: 2, gradient: proximal"})
  void vectorsThatCannotBeAreRefused(String with) {
    assertEquals(
        ErrorCode.RECIPE, assertThrows(CompressorException.class, () -> jlcm(with)).code());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bits: 3, steps: 10",
        "bits: 2, vector: 4, steps: 10",
        "bits: 3, learn: blocks, steps: 9"
      })
  void sameBytesAtAnyNumberOfThreads(String with) throws IOException {
    Path input = decoder();
    ResolvedRecipe recipe = jlcm(with);
    compress(input, recipe, 1); // measures the kernels, once
    byte[] one = Files.readAllBytes(compress(input, recipe, 1).model());
    byte[] two = Files.readAllBytes(compress(input, recipe, 2).model());
    assertArrayEquals(one, two);
  }

  /** Rows of zeros, and weights that a codebook holds exactly. */
  @Test
  void fewDistinctWeightsLoseAlmostNothing() {
    Graphs g = Graphs.graph().input("ids", ElementType.INT64, -1, Cases.TOKENS);
    g.constant(Cases.scaled("table", 1, 500, 64));
    g.node("Gather", "h", List.of("table", "ids"));
    float[] ternary = new float[64 * 64];
    for (int i = 0; i < ternary.length; i++) {
      ternary[i] = i % 64 == 5 ? 0 : 0.1f * (i * 7 % 11 % 3 - 1);
    }
    g.constant(Tensor.ofFloats("w", new long[] {64, 64}, ternary));
    g.node("MatMul", "y", List.of("h", "w"));
    Path input =
        Cases.save(g.output("y", -1, Cases.TOKENS, 64).model(17), folder.resolve("t.onnx"));
    for (String learn : List.of("learn: none", "steps: 20")) {
      CompressionResult result =
          compress(input, jlcm("bits: 2, embeddings: 0, activations: none, " + learn), 1);
      assertTrue(cosine(input, result) > 0.9999, learn + ": " + cosine(input, result));
    }
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
