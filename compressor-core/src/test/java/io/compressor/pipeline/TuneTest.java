package io.compressor.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.DataSource;
import io.compressor.formats.onnx.OnnxReader;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.recipe.ResolvedRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The {@code tune} pass from file to file. */
class TuneTest {
  private static final String ZEROTH =
      "method: zeroth-order, steps: 400, batch: 32, learning-rate: 0.03";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "decoder    | bits: 2, group: 16                              | size",
        "decoder    | bits: 3, activations: none                      | size",
        "decoder    | bits: 2, activations: token                     | size",
        "perceptron | bits: 4, group: 32, activations: none           | speed",
        "perceptron | bits: 3, activations: dynamic                    | size",
        "images     | bits: 3, activations: static, calibration: minmax | size",
        "images     | bits: 4, activations: none                      | size",
      })
  void tuningComesNearerToTheOriginal(String model, String with, String prefer) {
    Case one = Case.of(model);
    Path input = Cases.save(one.model(), folder.resolve("in.onnx"));
    Path plain = compress(input, one, recipe(with, prefer, null)).model();
    Model before = OnnxReader.read(plain);
    double untuned = one.distance(input, plain);
    CompressionResult result = compress(input, one, recipe(with, prefer, ZEROTH));
    String said = String.join("\n", result.report().warnings());
    assertTrue(said.contains("held-out distance"), said);
    double tuned = one.distance(input, result.model());
    assertTrue(tuned < untuned, tuned + " of " + untuned + " " + said);
    sameCodes(before, OnnxReader.read(result.model()));
    CompressionResult byGradient =
        compress(input, one, recipe(with, prefer, "steps: 200, batch: 32"));
    double learnt = one.distance(input, byGradient.model());
    String heard = String.join("\n", byGradient.report().warnings());
    assertTrue(learnt < untuned, learnt + " of " + untuned + " " + heard + said);
    sameCodes(before, OnnxReader.read(byGradient.model()));
  }

  @Test
  void sameBytesAtAnyNumberOfThreads() throws IOException {
    Case one = Case.of("decoder");
    Path input = Cases.save(one.model(), folder.resolve("in.onnx"));
    ResolvedRecipe recipe = recipe("bits: 3", "size", "method: zeroth-order, steps: 10");
    compress(input, one, recipe); // measures the kernels, once
    byte[] first = Files.readAllBytes(compress(input, one, recipe, 1).model());
    byte[] second = Files.readAllBytes(compress(input, one, recipe, 2).model());
    assertArrayEquals(first, second);
  }

  @Test
  void aRateOfZeroChangesNothing() {
    Case one = Case.of("decoder");
    Path input = Cases.save(one.model(), folder.resolve("in.onnx"));
    Path plain = compress(input, one, recipe("bits: 3", "size", null)).model();
    Map<String, Tensor> before = OnnxReader.read(plain).graph().initializers();
    String still = "method: zeroth-order, steps: 3, learning-rate: 0";
    CompressionResult result = compress(input, one, recipe("bits: 3", "size", still));
    String said = String.join("\n", result.report().warnings());
    assertTrue(said.contains("stayed as it was"), said);
    OnnxReader.read(result.model())
        .graph()
        .initializers()
        .forEach(
            (n, t) -> assertArrayEquals(before.get(n).data().toArray(), t.data().toArray(), n));
  }

  @Test
  void aModelWithoutSuchConstantsIsLeftAlone() {
    Case one = Case.of("words");
    Path input = Cases.save(one.model(), folder.resolve("in.onnx"));
    CompressionResult result =
        compress(input, one, Cases.recipe("steps:\n  - pass: tune\n    with: { what: norms }\n"));
    String said = String.join("\n", result.report().warnings());
    assertTrue(said.contains("it has no norms"), said);
  }

  @Test
  void calibrationDataIsAskedFor() {
    Path input = Cases.save(Cases.words(), folder.resolve("in.onnx"));
    CompressorException e =
        assertThrows(
            CompressorException.class,
            () ->
                Compressor.compress(
                    CompressionRequest.of(input, folder.resolve("x.onnx"))
                        .recipe(Cases.recipe("steps:\n  - pass: tune\n"))));
    assertEquals(ErrorCode.RECIPE, e.code());
  }

  @Test
  void aMatchIsRefused() {
    Case one = Case.of("words");
    Path input = Cases.save(one.model(), folder.resolve("in.onnx"));
    ResolvedRecipe recipe = Cases.recipe("steps:\n  - pass: tune\n    match: { op: MatMul }\n");
    CompressorException e =
        assertThrows(CompressorException.class, () -> compress(input, one, recipe));
    assertEquals(ErrorCode.RECIPE, e.code());
    assertEquals("steps[0].match", e.where());
  }

  private static void sameCodes(Model before, Model after) {
    before
        .graph()
        .initializers()
        .forEach(
            (name, t) -> {
              if (t.type() != ElementType.FLOAT
                  && t.type() != ElementType.FLOAT16
                  && t.type() != ElementType.INT32) {
                assertArrayEquals(
                    t.data().toArray(),
                    after.graph().initializers().get(name).data().toArray(),
                    name);
              }
            });
  }

  private CompressionResult compress(Path model, Case one, ResolvedRecipe recipe) {
    return compress(model, one, recipe, 1);
  }

  private CompressionResult compress(Path model, Case one, ResolvedRecipe recipe, int threads) {
    Path data = Cases.save(one.input(), one.data("seen", 128), folder.resolve("seen.npz"));
    return Compressor.compress(
        CompressionRequest.of(model, folder.resolve("out.onnx"))
            .recipe(recipe)
            .calibration(DataSource.of(data))
            .threads(threads)
            .force(true)
            .workspace(Workspaces.emptied(folder.resolve("workspace"))));
  }

  private static ResolvedRecipe recipe(String quantize, String prefer, String tune) {
    return Cases.recipe(
        "steps:\n  - pass: quantize\n    with: { method: rtn, "
            + quantize
            + " }\n"
            + (tune == null ? "" : "  - pass: tune\n    with: { " + tune + " }\n")
            + "encoding: { prefer: "
            + prefer
            + " }\n");
  }

  /** A model, and data for it. */
  private record Case(String name, Model model, String input) {
    static Case of(String name) {
      return switch (name) {
        case "decoder" -> new Case(name, RsqTest.decoder(), "ids");
        case "perceptron" -> new Case(name, Cases.perceptron(), "x");
        case "images" -> new Case(name, Cases.images(), "x");
        default -> new Case(name, Cases.words(), "ids");
      };
    }

    Tensor data(String seed, int samples) {
      return switch (name) {
        case "perceptron" -> Cases.tokens(seed, samples);
        case "images" -> Cases.pictures(seed, samples);
        default -> Cases.ids(seed, samples);
      };
    }

    double distance(Path original, Path other) {
      Tensor unseen = data("unseen", 16);
      float[] wanted = Cases.run(original, input, unseen);
      float[] have = Cases.run(other, input, unseen);
      double error = 0;
      double power = 0;
      for (int i = 0; i < wanted.length; i++) {
        error += (wanted[i] - have[i]) * (wanted[i] - have[i]);
        power += wanted[i] * wanted[i];
      }
      return error / power;
    }
  }
}
