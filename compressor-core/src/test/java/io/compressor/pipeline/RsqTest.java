package io.compressor.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.graph.Graphs;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.recipe.ResolvedRecipe;
import io.compressor.runtime.ResidentMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The {@code rsq} pass from file to file. */
class RsqTest {
  private static final int WIDTH = 64;

  @TempDir Path folder;

  private Path input;

  @BeforeEach
  void write() {
    input = Cases.save(decoder(), folder.resolve("in.onnx"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "importance: attention",
        "importance: act-norm, mapping: published, r-min: 0.01",
        "importance: token-freq",
        "importance: none, rotate: false",
        "method: rtn, importance: none",
        "expansion: 4, act-order: true",
        "online-hadamard: true",
      })
  void everyVariantKeepsTheAnswersAtEightBits(String with) {
    CompressionResult result = compress(rsq("bits: 8, " + with), 1);
    assertEquals(14, result.report().sites().size());
    assertTrue(cosine(result.model()) > 0.995, "cosine " + cosine(result.model()));
  }

  @Test
  void theReportSaysWhatWasRotated() {
    CompressionResult rotated = compress(rsq("bits: 4, importance: none"), 1);
    List<String> log = rotated.report().rotations();
    assertTrue(
        log != null && log.stream().anyMatch(l -> l.startsWith("rotated the residual stream")),
        "" + log);
    assertEquals(null, compress(rsq("bits: 4, rotate: false"), 1).report().rotations());
  }

  @Test
  void gptqStageByStageIsNoWorseThanRounding() {
    double solved = cosine(compress(rsq("bits: 3, importance: none"), 1).model());
    double rounded = cosine(compress(rsq("bits: 3, importance: none, method: rtn"), 1).model());
    assertTrue(solved > rounded, solved + " against " + rounded);
  }

  @Test
  void blocksThatLearnComeCloser() {
    String with = "bits: 2, group: 32, activations: none, head: 0, embeddings: 0";
    double solved = cosine(compress(rsq(with), 1).model());
    CompressionResult learnt = compress(rsq(with + ", learn-steps: 60"), 1);
    assertTrue(cosine(learnt.model()) > solved, cosine(learnt.model()) + " of " + solved);
    assertTrue(
        learnt.report().warnings().stream().anyMatch(w -> w.contains("on average over 2 blocks")),
        "" + learnt.report().warnings());
  }

  @Test
  void aGradientThatDoesNotFitIsRefusedWithTheLimitThatWouldDo() {
    assumeTrue(ResidentMemory.own().isPresent(), "the system tells what a process holds");
    ResolvedRecipe recipe = rsq("bits: 2, group: 32, learn-steps: 4");
    CompressionRequest request = request(input, recipe, 1);
    CompressorException e =
        assertThrows(
            CompressorException.class, () -> Compressor.compress(request.memory(64L << 20)));
    assertEquals(ErrorCode.USAGE, e.code());
    assertEquals("--memory", e.where());
    Matcher number = Pattern.compile("--memory (\\d+)MiB").matcher(e.hint());
    assertTrue(number.find(), e.hint());
    long enough = 2 * (Long.parseLong(number.group(1)) << 20); // the heap of other tests breathes
    Compressor.compress(request.memory(enough));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bits: 4, group: 32", "bits: 2, group: 32, learn-steps: 8"})
  void sameBytesAtAnyNumberOfThreads(String with) throws IOException {
    compress(rsq(with), 1); // measures the kernels, once
    byte[] one = Files.readAllBytes(compress(rsq(with), 1).model());
    byte[] four = Files.readAllBytes(compress(rsq(with), 4).model());
    assertArrayEquals(one, four);
  }

  @Test
  void attentionIsAskedForWhereThereIsNone() {
    Path plain = Cases.save(Cases.words(), folder.resolve("plain.onnx"));
    CompressorException e =
        assertThrows(
            CompressorException.class,
            () -> Compressor.compress(request(plain, rsq("bits: 4"), 1)));
    assertEquals(ErrorCode.RECIPE, e.code());
    assertEquals("importance", e.where());
  }

  @Test
  void aNormIsAnImportanceWhereThereIsNoAttention() {
    Path plain = Cases.save(Cases.words(), folder.resolve("plain.onnx"));
    String with = "bits: 2, rotate: false, importance: ";
    float[] all = answers(plain, with + "none");
    float[] weighted = answers(plain, with + "act-norm, mapping: published, r-min: 0");
    assertFalse(Arrays.equals(all, weighted), "the norms of the tokens change nothing");
  }

  private float[] answers(Path model, String with) {
    Path output = Compressor.compress(request(model, rsq(with + ", head: 2"), 1)).model();
    return Cases.run(output, "ids", Cases.ids("unseen", 8));
  }

  @Test
  void calibrationDataIsAskedFor() {
    CompressorException e =
        assertThrows(
            CompressorException.class,
            () ->
                Compressor.compress(
                    CompressionRequest.of(input, folder.resolve("x.onnx")).recipe(rsq("bits: 4"))));
    assertEquals(ErrorCode.RECIPE, e.code());
  }

  private CompressionResult compress(ResolvedRecipe recipe, int threads) {
    return Compressor.compress(request(input, recipe, threads));
  }

  private CompressionRequest request(Path model, ResolvedRecipe recipe, int threads) {
    Path data = Cases.save("ids", Cases.ids("seen", 48), folder.resolve("seen.npz"));
    return CompressionRequest.of(model, folder.resolve("out.onnx"))
        .recipe(recipe)
        .calibration(io.compressor.formats.data.DataSource.of(data))
        .threads(threads)
        .force(true)
        .workspace(Workspaces.emptied(folder.resolve("workspace")));
  }

  private double cosine(Path output) {
    Tensor unseen = Cases.ids("unseen", 8);
    return Cases.cosine(Cases.run(input, "ids", unseen), Cases.run(output, "ids", unseen));
  }

  private static ResolvedRecipe rsq(String with) {
    return Cases.recipe(
        "steps:\n  - pass: rsq\n    with: { " + with + " }\nencoding: { prefer: size }\n");
  }

  /** ids [batch, 8] → embedding → two pre-norm blocks of attention and Relu MLP → head. */
  static Model decoder() {
    Graphs g = Graphs.graph().input("ids", ElementType.INT64, -1, Cases.TOKENS);
    g.constant(Cases.scaled("table", 1, 500, WIDTH));
    g.node("Gather", "h0", List.of("table", "ids"));
    g.floats("root", 8f);
    String x = "h0";
    for (int i = 0; i < 2; i++) {
      x = block(g, "b" + i, x);
    }
    norm(g, "last", x);
    linear(g, "y", "last", "head", WIDTH, 40);
    return g.output("y", -1, Cases.TOKENS, 40).model(17);
  }

  private static String block(Graphs g, String b, String x) {
    norm(g, b + ".n1", x);
    linear(g, b + ".q", b + ".n1", b + ".wq", WIDTH, WIDTH);
    linear(g, b + ".k", b + ".n1", b + ".wk", WIDTH, WIDTH);
    linear(g, b + ".v", b + ".n1", b + ".wv", WIDTH, WIDTH);
    g.node("Transpose", b + ".kt", List.of(b + ".k"), Attribute.of("perm", new long[] {0, 2, 1}));
    g.node("MatMul", b + ".qk", List.of(b + ".q", b + ".kt"));
    g.node("Div", b + ".s", List.of(b + ".qk", "root"));
    g.node("Softmax", b + ".p", List.of(b + ".s"), Attribute.of("axis", -1L));
    g.node("MatMul", b + ".c", List.of(b + ".p", b + ".v"));
    linear(g, b + ".o", b + ".c", b + ".wo", WIDTH, WIDTH);
    g.node("Add", b + ".r", List.of(x, b + ".o"));
    norm(g, b + ".n2", b + ".r");
    linear(g, b + ".u", b + ".n2", b + ".wu", WIDTH, 2 * WIDTH);
    g.node("Relu", b + ".a", List.of(b + ".u"));
    linear(g, b + ".d", b + ".a", b + ".wd", 2 * WIDTH, WIDTH);
    g.node("Add", b + ".out", List.of(b + ".r", b + ".d"));
    return b + ".out";
  }

  private static void norm(Graphs g, String output, String x) {
    g.uniform(output + ".gain", 0.5, 1.5, WIDTH);
    g.node("LayerNormalization", output, List.of(x, output + ".gain"));
  }

  private static void linear(Graphs g, String output, String x, String w, int in, int out) {
    g.constant(Cases.scaled(w, in, in, out));
    g.node("MatMul", output, List.of(x, w));
  }
}
