package io.compressor.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.onnx.ModelFile;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.recipe.ResolvedRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The {@code bct} pass from file to file, without data. */
class BctTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "'block: 64, bits: 8, arithmetic: float', 0.9998",
    "'block: 64, bits: 8, scale: exact', 0.9990",
    "'block: 16, bits: 4, scale: exact, search: true', 0.985",
    "'block: full, bits: 4', 0.9",
    "'block: auto, bits: 4, scale: exact, search: true, vectors: 16', 0.985",
  })
  void answersAreKept(String with, double least) {
    double cosine = cosine(Cases.words(), "ids", Cases.ids("probe", 16), bct(with));
    assertTrue(cosine > least, with + ": cosine " + cosine);
  }

  @ParameterizedTest
  @CsvSource({
    "'block: 64, bits: 8, components: [weights, matmul]', 0.9995",
    "'block: 16, bits: 8, components: [weights, matmul, gelu]', 0.9995",
    "'block: full, bits: 8, components: [weights, matmul]', 0.999",
    "'block: auto, scale: exact, bits: 8, components: [weights, matmul]', 0.9995",
  })
  void integerProductsKeepAnswers(String with, double least) {
    double cosine = cosine(Cases.perceptron(), "x", Cases.tokens("probe", 16), bct(with));
    assertTrue(cosine > least, with + ": cosine " + cosine);
  }

  @Test
  void partsThatAModelDoesNotHaveAreSaid() {
    Path in = Cases.save(Cases.perceptron(), folder.resolve("in.onnx"));
    CompressionResult result = compress(in, bct("components: [weights, gelu]"), 1);
    assertTrue(
        result.report().warnings().stream().anyMatch(w -> w.contains("gelu in integers")),
        "" + result.report().warnings());
  }

  @ParameterizedTest
  @ValueSource(strings = {"arithmetic: float", "components: [weights, matmul]"})
  void fewerBitsKeepLess(String with) {
    double before = 1.1;
    for (int bits : new int[] {8, 6, 4, 3}) {
      double now =
          cosine(Cases.perceptron(), "x", Cases.tokens("probe", 16), bct(with + ", bits: " + bits));
      assertTrue(now < before, bits + " bits: " + now + " after " + before);
      before = now;
    }
  }

  @Test
  void theWholeFileIsAsSmallAsTheRatioAsks() throws IOException {
    for (String codes : new String[] {"integers", "gaussian"}) {
      Path in = Cases.save(Llama.model(), folder.resolve("llama.onnx"));
      CompressionResult result =
          compress(
              in,
              bct(
                  "block: auto, scale: exact, search: true, vectors: 16, ratio: 4.9, codes: "
                      + codes),
              1);
      long bytes = Files.size(result.model());
      assertTrue(4.9 * bytes <= Files.size(in), bytes + " of " + Files.size(in));
      assertTrue(result.report().warnings().stream().noneMatch(w -> w.contains("ratio")));
    }
  }

  @Test
  void aRatioOutOfReachIsSaid() {
    Path in = Cases.save(Cases.words(), folder.resolve("in.onnx"));
    CompressionResult result = compress(in, bct("ratio: 60"), 1);
    assertTrue(
        result.report().warnings().stream().anyMatch(w -> w.contains("ratio 60")),
        result.report().warnings().toString());
  }

  @Test
  void aModelWithoutTransformerBlocksIsSaidToBeOne() {
    Path in = Cases.save(Cases.images(), folder.resolve("in.onnx"));
    CompressionResult result = compress(in, bct("block: 16"), 1);
    assertTrue(
        result.report().warnings().stream().anyMatch(w -> w.contains("no transformer block")));
    assertTrue(result.report().sites().size() > 1);
    Path llama = Cases.save(Llama.model(), folder.resolve("llama.onnx"));
    assertTrue(
        compress(llama, bct("block: 16"), 1).report().warnings().stream()
            .noneMatch(w -> w.contains("no transformer block")));
  }

  @Test
  void componentsAreSwitches() {
    Path in = Cases.save(Cases.words(), folder.resolve("in.onnx"));
    CompressionResult only = compress(in, bct("components: [embeddings]"), 1);
    assertEquals(1, only.report().sites().size());
    assertEquals("components leaves it out", only.report().skipped().get(0).reason());
  }

  @Test
  void weightsThatAreNotFiniteAreNamed() {
    Tensor w = Cases.scaled("w1", 64, 64, 128);
    float[] bad = w.toFloats();
    bad[77] = Float.NaN;
    Model model = Cases.perceptron(Tensor.ofFloats("w1", w.dims(), bad));
    Path in = Cases.save(model, folder.resolve("in.onnx"));
    CompressorException e =
        assertThrows(CompressorException.class, () -> compress(in, bct("block: 64"), 1));
    assertEquals(ErrorCode.MODEL, e.code());
    assertEquals("w1", e.where());
  }

  @Test
  void zeroAndConstantWeightsAreExact() {
    float[] w = new float[64 * 128];
    Arrays.fill(w, 64 * 64, w.length, 0.25f);
    Model model = Cases.perceptron(Tensor.ofFloats("w1", new long[] {64, 128}, w));
    double cosine =
        cosine(model, "x", Cases.tokens("p", 4), bct("bits: 8, arithmetic: float, scale: exact"));
    assertTrue(cosine > 0.9998, "" + cosine);
  }

  @Test
  void sameBytesAtAnyNumberOfThreads() throws IOException {
    Path in = Cases.save(Llama.model(), folder.resolve("in.onnx"));
    ResolvedRecipe recipe = bct("block: auto, search: true, scale: exact, ratio: 6");
    byte[] one = Files.readAllBytes(compress(in, recipe, 1).model());
    byte[] four = Files.readAllBytes(compress(in, recipe, 4).model());
    assertArrayEquals(one, four);
  }

  @Test
  void whatIsCompressedAlreadyIsRefusedByName() {
    Path in = Cases.save(Cases.perceptron(), folder.resolve("in.onnx"));
    Path once = compress(in, bct("block: 64"), 1).model();
    Path copy = folder.resolve("once.onnx");
    Cases.save(ModelFile.open(once).model(), copy);
    CompressorException e =
        assertThrows(CompressorException.class, () -> compress(copy, bct("block: 64"), 1));
    assertEquals(ErrorCode.MODEL, e.code());
  }

  private double cosine(Model model, String input, Tensor probe, ResolvedRecipe recipe) {
    Path in = Cases.save(model, folder.resolve("in.onnx"));
    Path out = compress(in, recipe, 1).model();
    return Cases.cosine(Cases.run(in, input, probe), Cases.run(out, input, probe));
  }

  private CompressionResult compress(Path in, ResolvedRecipe recipe, int threads) {
    return Compressor.compress(
        CompressionRequest.of(in, folder.resolve("out.onnx"))
            .recipe(recipe)
            .force(true)
            .threads(threads));
  }

  private static ResolvedRecipe bct(String with) {
    return Cases.recipe("steps:\n  - pass: bct\n    with: { " + with + " }\n");
  }
}
