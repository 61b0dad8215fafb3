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
import io.compressor.ir.Tensor;
import io.compressor.recipe.ResolvedRecipe;
import io.compressor.report.FrontPoint;
import io.compressor.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The {@code joint} pass from file to file. */
class JointTest {
  private static final int WIDE = 128;

  @TempDir Path folder;

  /**
   * x[batch, 8, 64] widened, then through layers with a residual each, one of which has rank 8, one
   * has mostly zeros, and two are noise: no single method suits them all.
   */
  private static Model mixed() {
    Graphs g = Graphs.graph().input("x", -1, Cases.TOKENS, 64);
    g.constant(Cases.scaled("wide", 64, 64, WIDE));
    g.constant(product("low", 8));
    g.constant(sparse("sparse"));
    g.constant(Cases.scaled("dense", WIDE, WIDE, WIDE));
    g.constant(Cases.scaled("more", WIDE, WIDE, WIDE));
    g.node("MatMul", "in", List.of("x", "wide"));
    String from = "in";
    for (String w : List.of("low", "sparse", "dense", "more")) {
      g.node("MatMul", "m-" + w, List.of(from, w));
      g.node("Tanh", "t-" + w, List.of("m-" + w));
      String to = w.equals("more") ? "y" : "h-" + w;
      g.node("Add", to, List.of(from, "t-" + w));
      from = to;
    }
    return g.output("y", -1, Cases.TOKENS, WIDE).model();
  }

  private static Tensor product(String name, int rank) {
    float[] a = Graphs.random(name + "a", 1, WIDE, rank).toFloats();
    float[] b = Graphs.random(name + "b", 1, rank, WIDE).toFloats();
    float[] w = new float[WIDE * WIDE];
    for (int i = 0; i < WIDE; i++) {
      for (int j = 0; j < WIDE; j++) {
        for (int k = 0; k < rank; k++) {
          w[i * WIDE + j] += a[i * rank + k] * b[k * WIDE + j] / 30;
        }
      }
    }
    return Tensor.ofFloats(name, new long[] {WIDE, WIDE}, w);
  }

  private static Tensor sparse(String name) {
    float[] w = Cases.scaled(name, WIDE, WIDE, WIDE).toFloats();
    for (int i = 0; i < w.length; i++) {
      w[i] = i % 10 == 3 ? 3 * w[i] : 0.01f * w[i];
    }
    return Tensor.ofFloats(name, new long[] {WIDE, WIDE}, w);
  }

  private static ResolvedRecipe joint(String with, String budget) {
    return Cases.recipe(
        "steps:\n  - pass: joint\n    with: { samples: 8, activations: none"
            + (with.isEmpty() ? "" : ", " + with)
            + " }\n"
            + (budget.isEmpty() ? "" : "budget: { " + budget + " }\n")
            + "encoding: { prefer: size }\n");
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
    return Cases.save(mixed(), folder.resolve("in.onnx"));
  }

  private double loss(Path input, Path made) {
    return 1
        - Cases.cosine(
            Cases.run(input, "x", Cases.tokens("unseen", 32)),
            Cases.run(made, "x", Cases.tokens("unseen", 32)));
  }

  @Test
  void mixesMethodsAndBeatsEachOfThemAtEqualBytes() throws IOException {
    Path input = input();
    String budget = "size: 12%";
    CompressionResult joint = compress(input, joint("points: 0", budget), 1);
    double mixed = loss(input, joint.model());
    assertTrue(Files.size(joint.model()) <= 0.12 * Files.size(input));
    String choices = joint.report().sites().stream().map(Report.Site::choice).toList().toString();
    assertTrue(choices.contains("rank"), choices);
    assertTrue(choices.contains("zero"), choices);
    for (String single :
        List.of(
            "zeros: [], ranks: []",
            "levels: [16, 4], ranks: []",
            "levels: [16, 8, 4], zeros: []")) {
      CompressionResult one = compress(input, joint("points: 0, " + single, budget), 1);
      assertTrue(
          loss(input, one.model()) > 1.05 * mixed,
          single + ": " + loss(input, one.model()) + " against " + mixed);
    }
  }

  @Test
  void everyPointIsARecipeThatMakesItAgain() throws IOException {
    Path input = input();
    CompressionResult result = compress(input, joint("points: 5", "size: 20%"), 1);
    Report.Search search = result.report().search();
    assertNotNull(search);
    List<FrontPoint> front = search.front();
    assertNotNull(front);
    assertTrue(front.size() >= 4, "" + front.size());
    for (int i = 0; i < front.size(); i++) {
      FrontPoint point = front.get(i);
      CompressionResult again = compress(input, recipe(point), 1);
      double bytes = (double) Files.size(again.model());
      assertEquals(point.bytes(), bytes, 0.01 * bytes + 500, "point " + i);
      if (i == front.size() - 1) {
        assertArrayEquals(
            Cases.run(result.model(), "x", Cases.tokens("unseen", 4)),
            Cases.run(again.model(), "x", Cases.tokens("unseen", 4)));
      }
    }
    for (int i = 1; i + 1 < front.size(); i++) {
      assertTrue(front.get(i).bytes() > front.get(i - 1).bytes());
      assertTrue(front.get(i).loss() < 1.2 * front.get(i - 1).loss() + 1e-9, "point " + i);
    }
  }

  private static ResolvedRecipe recipe(FrontPoint point) {
    return io.compressor.recipe.RecipeSource.text(point.recipe(), "point").resolve();
  }

  @Test
  void sameBytesAtAnyNumberOfThreads() throws IOException {
    Path input = input();
    ResolvedRecipe recipe = joint("points: 2", "size: 18%");
    byte[] one = Files.readAllBytes(compress(input, recipe, 1).model());
    byte[] two = Files.readAllBytes(compress(input, recipe, 2).model());
    assertArrayEquals(one, two);
  }

  @Test
  void aBudgetThatIsMetAlreadyChangesNothing() {
    CompressionResult result = compress(input(), joint("", "size: 120%"), 1);
    assertTrue(result.report().sites().isEmpty());
    assertTrue(
        result.report().warnings().stream().anyMatch(w -> w.contains("within the budget already")),
        "" + result.report().warnings());
    assertTrue(result.gate().passed());
  }

  @Test
  void aBudgetThatNothingMeetsIsSaidAndTheBestIsWritten() throws IOException {
    CompressionResult result = compress(input(), joint("points: 0", "size: 1%"), 1);
    assertFalse(result.gate().passed());
    assertTrue(Files.size(result.model()) < 0.2 * Files.size(folder.resolve("in.onnx")));
    assertTrue(
        result.report().warnings().stream().anyMatch(w -> w.contains("no configuration is within")),
        "" + result.report().warnings());
  }

  @Test
  void aBudgetOfTimeIsSpent() {
    CompressionResult result = compress(input(), joint("points: 3", "latency: 99%, size: 30%"), 1);
    assertTrue(result.report().output().bytes() <= 0.3 * result.report().model().bytes());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|budget",
        "rules: [nobody = 4-bit]|no weight is called",
        "rules: [dense = 5-bits]|is no rule",
        "'rules: [dense = 4-bit, dense = 8-bit]'|two rules",
        "rules: [dense = rank 63 8-bit]|''",
        "levels: [8]|expected 16",
        "zeros: [1]|zeros"
      })
  void whatCannotBeIsNamed(String with, String says) {
    if (says.isEmpty()) {
      CompressionResult made = compress(input(), joint(with, ""), 1);
      assertEquals(1, made.report().sites().size());
      return;
    }
    CompressorException e =
        assertThrows(CompressorException.class, () -> compress(input(), joint(with, ""), 1));
    assertEquals(ErrorCode.RECIPE, e.code());
    assertTrue((e.getMessage() + e.where() + e.hint()).contains(says), e.getMessage());
  }

  @Test
  void convolutionsWithFixedRangesTakeFactorsAndZeros() throws IOException {
    Path input = Cases.save(Cases.images(), folder.resolve("cnn.onnx"));
    Path data = Cases.save("x", Cases.pictures("seen", 40), folder.resolve("pictures.npz"));
    CompressionResult result =
        Compressor.compress(
            CompressionRequest.of(input, folder.resolve("cnn-out.onnx"))
                .recipe(
                    Cases.recipe(
                        "steps:\n  - pass: joint\n    with: { rules: ['c1 = 4-bit',"
                            + " 'c2 = rank 14 8-bit', 'g = 4-bit 50% zero'] }\n"))
                .threads(1)
                .calibration(DataSource.of(data)));
    List<Report.Site> sites = result.report().sites();
    assertEquals(3, sites.size(), "" + sites);
    assertTrue(sites.stream().anyMatch(s -> s.kernel().equals("QLinearConv")), "" + sites);
    double cosine =
        Cases.cosine(
            Cases.run(input, "x", Cases.pictures("unseen", 16)),
            Cases.run(result.model(), "x", Cases.pictures("unseen", 16)));
    assertTrue(cosine > 0.8, "" + cosine);
  }
}
