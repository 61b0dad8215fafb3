package io.compressor.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.DataSource;
import io.compressor.formats.onnx.OnnxReader;
import io.compressor.graph.Graphs;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.ir.Attribute;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.recipe.ResolvedRecipe;
import io.compressor.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The {@code maestro} pass from file to file. */
class MaestroTest {
  @TempDir Path folder;

  /** Weights of rank 10 in every kind of site; {@code pad} is left out, being of full rank. */
  @Test
  void aWeightOfLowRankIsWrittenExactly() {
    Model model =
        Graphs.graph()
            .input("x", 3, 8, 12, 12)
            .constant(low("c", 24, 8, 3, 3))
            .constant(Cases.scaled("cb", 100, 24))
            .constant(low("left", 40, 24 * 36))
            .constant(low("m", 48, 36))
            .constant(low("g", 32, 36))
            .constant(Cases.scaled("gb", 100, 32))
            .longs("flat", -1, 24 * 36)
            .longs("rows", 40, 3)
            .node(
                "Conv",
                "h",
                List.of("x", "c", "cb"),
                Attribute.of("strides", new long[] {2, 2}),
                Attribute.of("pads", new long[] {1, 1, 1, 1}))
            .node("Reshape", "f", List.of("h", "flat"))
            .node("Transpose", "t", List.of("f"))
            .node("MatMul", "l", List.of("left", "t"))
            .node("Transpose", "lt", List.of("l"))
            .constant(Cases.scaled("pad", 1, 40, 48))
            .node("MatMul", "p", List.of("lt", "pad"))
            .node("MatMul", "mm", List.of("p", "m"))
            .node("Gemm", "y", List.of("mm", "g", "gb"), Attribute.of("transB", 1L))
            .output("y", 3, 32)
            .model();
    Path input = Cases.save(model, folder.resolve("in.onnx"));
    Tensor x = Cases.pictures("unseen", 3);
    float[] was = Cases.run(input, "x", x);
    CompressionResult four =
        compress(
            input,
            Cases.recipe(
                "steps:\n  - pass: maestro\n    match: { not: { name: pad } }\n"
                    + "    with: { steps: 0, rank: 10 }\n"),
            Optional.empty());
    assertEquals(List.of("c", "left", "m", "g"), names(four));
    float[] same = Cases.run(four.model(), "x", x);
    float most = 0;
    for (float v : was) {
      most = Math.max(most, Math.abs(v));
    }
    assertArrayEquals(was, same, 2e-5f * most);
  }

  @ParameterizedTest
  @ValueSource(strings = {"size: 50%", "size: 20%", "energy: 90%", "rank: 8", "size: 9000B"})
  void theBudgetHoldsAndTheReportSaysSo(String goal) {
    Path input = Cases.save(Cases.perceptron(), folder.resolve("in.onnx"));
    CompressionResult result = compress(input, maestro("steps: 0, " + goal), tokens());
    long before = 4 * 2 * 64 * 128;
    long after = 0;
    for (Report.Site site : result.report().sites()) {
      assertEquals("factored", site.encoding());
      after += site.bytesAfter();
      assertTrue(site.errorPredicted() > 0 && site.errorPredicted() < 1, "" + site);
    }
    if (goal.startsWith("size")) {
      double limit = goal.contains("%") ? before * (goal.contains("50") ? 0.5 : 0.2) : 9000;
      assertTrue(after <= limit && after > 0.8 * limit, goal + ": " + after);
    }
    assertTrue(OnnxReader.read(result.model()).graph().nodes().size() == 7);
  }

  @Test
  void dataMakesTheSameSizeBetter() {
    Path input = Cases.save(Cases.perceptron(), folder.resolve("in.onnx"));
    Tensor unseen = Cases.tokens("unseen", 32);
    float[] was = Cases.run(input, "x", unseen);
    CompressionResult plain =
        compress(input, maestro("steps: 0, size: 30%, whiten: false"), tokens());
    double without = Cases.cosine(was, Cases.run(plain.model(), "x", unseen));
    CompressionResult white = compress(input, maestro("steps: 0, size: 30%"), tokens());
    double with = Cases.cosine(was, Cases.run(white.model(), "x", unseen));
    assertTrue(with > without + 0.02, with + " against " + without);
  }

  @Test
  void labelsTeachWhereTheDataHasThem() {
    Path input = Cases.save(Cases.images(), folder.resolve("in.onnx"));
    Path seen = Cases.labelled(input, "seen", 256, folder.resolve("labelled.npz"));
    String goal = "size: 30%, ordered: 0, whiten: false, ";
    CompressionResult cut = compress(input, maestro(goal + "steps: 0"), Optional.of(seen));
    CompressionResult learnt =
        compress(
            input,
            maestro(goal + "steps: 120, batch: 32, learning-rate: 0.05, objective: labels"),
            Optional.of(seen));
    Tensor unseen = Cases.pictures("unseen", 256);
    double before = Cases.agreement(input, cut.model(), unseen);
    double after = Cases.agreement(input, learnt.model(), unseen);
    assertTrue(after > before + 0.05, after + " after " + before);
    String said = String.join("\n", learnt.report().warnings());
    assertTrue(said.contains("% right"), said);
    Path plain = Cases.save("x", Cases.pictures("seen", 64), folder.resolve("plain.npz"));
    CompressorException none =
        assertThrows(
            CompressorException.class,
            () -> compress(input, maestro("steps: 8, objective: labels"), Optional.of(plain)));
    assertEquals(ErrorCode.DATA, none.code());
  }

  @Test
  void factorsCanBeQuantizedAfterwards() {
    Path input = Cases.save(Cases.perceptron(), folder.resolve("in.onnx"));
    String steps =
        "steps:\n  - pass: maestro\n    with: { steps: 0, size: 60% }\n"
            + "  - pass: quantize\n    with: { method: gptq, bits: 8, activations: none }\n"
            + "encoding: { prefer: size }\n";
    CompressionResult result = compress(input, Cases.recipe(steps), tokens());
    List<String> names = result.report().sites().stream().map(Report.Site::name).toList();
    assertTrue(names.containsAll(List.of("w1.v", "w1.u", "w2.v", "w2.u")), "" + names);
    CompressionResult only = compress(input, maestro("steps: 0, size: 60%"), tokens());
    Tensor x = Cases.tokens("unseen", 16);
    assertTrue(
        Cases.cosine(Cases.run(only.model(), "x", x), Cases.run(result.model(), "x", x)) > 0.999);
  }

  @Test
  void whatHasNoSmallerFactorsIsLeftAloneWithAReason() throws IOException {
    Model model =
        Graphs.graph()
            .input("x", -1, 8, 12, 12)
            .constant(Cases.scaled("grouped", 18, 16, 2, 3, 3))
            .constant(Cases.scaled("shared", 32, 16, 16, 3, 3))
            .constant(Cases.scaled("thin", 4, 1, 16, 1, 1))
            .constant(Cases.scaled("fine", 144, 16, 16, 3, 3))
            .node("Conv", "a", List.of("x", "grouped"), Attribute.of("group", 4L))
            .node("Conv", "b", List.of("a", "shared"))
            .node("Conv", "c", List.of("b", "shared"))
            .node("Conv", "d", List.of("c", "fine"))
            .node("Conv", "y", List.of("d", "thin"))
            .output("y", -1, 1, 2, 2)
            .model();
    Path input = Cases.save(model, folder.resolve("in.onnx"));
    CompressionResult result = compress(input, maestro("steps: 0, rank: 4"), Optional.empty());
    Map<String, String> why =
        result.report().skipped().stream()
            .collect(Collectors.toMap(Report.Skip::name, Report.Skip::reason));
    assertTrue(why.get("grouped").contains("4 groups"), "" + why);
    assertTrue(why.get("shared").contains("2 nodes share"), "" + why);
    assertTrue(why.get("thin").contains("no smaller factors"), "" + why);
    assertEquals(List.of("fine"), names(result));
    List<Site> sites = SiteFinder.scan(OnnxReader.read(result.model())).sites();
    assertTrue(sites.stream().anyMatch(s -> s.name().equals("fine.v") && s.out() == 4));
  }

  @Test
  void aBudgetBelowRankOneNamesTheFloor() {
    Path input = Cases.save(Cases.perceptron(), folder.resolve("in.onnx"));
    CompressorException e =
        assertThrows(
            CompressorException.class,
            () -> compress(input, maestro("steps: 0, size: 1%"), Optional.empty()));
    assertEquals(ErrorCode.RECIPE, e.code());
    assertEquals(2, e.code().exitCode());
    assertTrue(e.getMessage().contains("rank 1 everywhere takes 1536 bytes"), e.getMessage());
    long floor = 1536;
    compress(input, maestro("steps: 0, size: " + floor + "B"), Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "size: 50%, rank: 4",
        "steps: 0, init: random",
        "init: random, whiten: true",
        "halvings: 2",
        "halvings: 2, lambda: 1, rank: 4",
        "size: 0%",
        "energy: 2",
        "rank: 0",
      })
  void contradictionsAreRefused(String with) {
    assertEquals(
        ErrorCode.RECIPE, assertThrows(CompressorException.class, () -> maestro(with)).code());
  }

  @Test
  void learningAndWhiteningAskForData() {
    Path input = Cases.save(Cases.perceptron(), folder.resolve("in.onnx"));
    for (String with : List.of("", "steps: 0, whiten: true")) {
      CompressorException e =
          assertThrows(
              CompressorException.class, () -> compress(input, maestro(with), Optional.empty()));
      assertEquals(ErrorCode.RECIPE, e.code());
    }
    assertFalse(compress(input, maestro("steps: 0"), Optional.empty()).report().sites().isEmpty());
  }

  @Test
  void sameBytesAtAnyNumberOfThreads() throws IOException {
    Path input = Cases.save(Cases.images(), folder.resolve("in.onnx"));
    Optional<Path> data =
        Optional.of(Cases.save("x", Cases.pictures("seen", 64), folder.resolve("seen.npz")));
    byte[] one = Files.readAllBytes(compress(input, maestro("steps: 0"), data, 1).model());
    byte[] two = Files.readAllBytes(compress(input, maestro("steps: 0"), data, 2).model());
    assertArrayEquals(one, two);
  }

  /** On unseen inputs, against the same start without steps. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ordered: 0",
        "ordered: 50%",
        "ordered: 50%, sampling: all",
        "ordered: 50%, lambda: 0.01, halvings: 1",
        "constants: false",
      })
  void learningBeatsTheDecomposition(String with) {
    Path input = Cases.save(Cases.perceptron(), folder.resolve("in.onnx"));
    Tensor unseen = Cases.tokens("unseen", 32);
    float[] was = Cases.run(input, "x", unseen);
    CompressionResult still = compress(input, maestro("steps: 0, size: 30%"), tokens(2048));
    double before = Cases.cosine(was, Cases.run(still.model(), "x", unseen));
    CompressionResult learnt =
        compress(input, maestro("steps: 200, batch: 32, size: 30%, " + with), tokens(2048));
    double after = Cases.cosine(was, Cases.run(learnt.model(), "x", unseen));
    assertTrue(
        after > before,
        with + ": " + after + " after " + before + " " + learnt.report().warnings());
    long bytes = learnt.report().sites().stream().mapToLong(Report.Site::bytesAfter).sum();
    assertTrue(bytes <= 0.3 * 4 * 2 * 64 * 128, with + ": " + bytes);
    assertTrue(
        learnt.report().warnings().stream().anyMatch(w -> w.contains("held-out distance")),
        "" + learnt.report().warnings());
  }

  @ParameterizedTest
  @ValueSource(strings = {"steps: 20", "steps: 20, init: random", "steps: 20, energy: 80%"})
  void learntImagesAreTheSameAtAnyNumberOfThreads(String with) throws IOException {
    Path input = Cases.save(Cases.images(), folder.resolve("in.onnx"));
    Optional<Path> data =
        Optional.of(Cases.save("x", Cases.pictures("seen", 64), folder.resolve("seen.npz")));
    byte[] one = Files.readAllBytes(compress(input, maestro(with), data, 1).model());
    byte[] two = Files.readAllBytes(compress(input, maestro(with), data, 2).model());
    assertArrayEquals(one, two);
  }

  private static List<String> names(CompressionResult result) {
    return result.report().sites().stream().map(Report.Site::name).toList();
  }

  private Optional<Path> tokens() {
    return tokens(128);
  }

  private Optional<Path> tokens(int samples) {
    return Optional.of(
        Cases.save("x", Cases.tokens("seen", samples), folder.resolve("tokens.npz")));
  }

  private CompressionResult compress(Path model, ResolvedRecipe recipe, Optional<Path> data) {
    return compress(model, recipe, data, 1);
  }

  private CompressionResult compress(
      Path model, ResolvedRecipe recipe, Optional<Path> data, int threads) {
    CompressionRequest request =
        CompressionRequest.of(model, folder.resolve("out-" + recipe.hashCode() + ".onnx"))
            .recipe(recipe)
            .threads(threads)
            .force(true)
            .workspace(Workspaces.emptied(folder.resolve("workspace")));
    return Compressor.compress(
        data.map(d -> request.calibration(DataSource.of(d))).orElse(request));
  }

  private static ResolvedRecipe maestro(String with) {
    return Cases.recipe("steps:\n  - pass: maestro\n    with: { " + with + " }\n");
  }

  /** A tensor whose rows are mixtures of ten, or of as many as there are. */
  private static Tensor low(String name, long... dims) {
    int out = (int) dims[0];
    int in = 1;
    for (int i = 1; i < dims.length; i++) {
      in *= (int) dims[i];
    }
    int rank = Math.min(10, Math.min(out, in));
    float[] a = Graphs.random(name + "a", 1, out, rank).toFloats();
    float[] b = Graphs.random(name + "b", 1 / Math.sqrt(in), rank, in).toFloats();
    float[] w = new float[out * in];
    for (int r = 0; r < out; r++) {
      for (int k = 0; k < rank; k++) {
        for (int c = 0; c < in; c++) {
          w[r * in + c] += a[r * rank + k] * b[k * in + c] / 3;
        }
      }
    }
    return Tensor.ofFloats(name, dims, w);
  }
}
