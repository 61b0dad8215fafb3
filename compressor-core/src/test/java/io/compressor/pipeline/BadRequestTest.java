package io.compressor.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.DataSource;
import io.compressor.graph.Graphs;
import io.compressor.ir.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a request is said with a place and a hint, and nothing is written. */
class BadRequestTest {
  private static final String DYNAMIC = "bits: 8, activations: dynamic";

  @TempDir Path folder;
  private Path input;
  private Path output;

  @BeforeEach
  void saveTheModel() {
    input = Cases.save(Cases.perceptron(), folder.resolve("in.onnx"));
    output = folder.resolve("out.onnx");
  }

  @Test
  void theOutputIsNeverTheInput() throws IOException {
    byte[] before = Files.readAllBytes(input);
    refused(ErrorCode.IO, "input itself", to(input).force(true));
    assertArrayEquals(before, Files.readAllBytes(input));
  }

  @Test
  void theOutputIsNeverTheInputByAnotherName() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link.onnx"), input);
    byte[] before = Files.readAllBytes(input);
    refused(ErrorCode.IO, "input itself", to(link).force(true));
    refused(
        ErrorCode.IO,
        "input itself",
        CompressionRequest.of(link, input).recipe(Cases.quantize(DYNAMIC)).force(true));
    assertArrayEquals(before, Files.readAllBytes(input));
  }

  @Test
  void foldersAreNotMade() {
    refused(ErrorCode.IO, "folder does not exist", to(folder.resolve("none/out.onnx")));
    refused(ErrorCode.IO, "folder does not exist", to(input.resolve("out.onnx")));
    assertFalse(Files.exists(folder.resolve("none")));
  }

  @Test
  void aFolderIsNoFile() {
    refused(ErrorCode.IO, "is a folder", to(folder));
  }

  @Test
  void anExistingFileIsKeptWithoutForce() throws IOException {
    Files.writeString(output, "precious");
    assertThrows(CompressorException.class, () -> Compressor.compress(to(output)));
    assertEquals("precious", Files.readString(output));
  }

  @Test
  void aMissingModelIsSaid() {
    CompressorException e =
        assertThrows(
            CompressorException.class,
            () -> Compressor.compress(CompressionRequest.of(folder.resolve("no.onnx"), output)));
    assertEquals(ErrorCode.IO, e.code());
    assertTrue(e.where().contains("no.onnx"), e.where());
  }

  @Test
  void aRecipeThatMatchesNothingNamesSomeWeights() {
    CompressorException e =
        refused(
            ErrorCode.RECIPE,
            "matches none",
            to(output)
                .recipe(
                    Cases.recipe("steps:\n  - pass: quantize\n    match: { name: 'nosuch*' }\n")));
    assertEquals("steps[0].match", e.where());
    assertTrue(e.hint().contains("w1"), e.hint());
  }

  @Test
  void staticActivationsNeedCalibrationData() {
    CompressorException e =
        refused(
            ErrorCode.RECIPE,
            "needs calibration data",
            to(output).recipe(Cases.quantize("bits: 8, activations: static")));
    assertEquals("steps[0]", e.where());
  }

  @Test
  void aLimitedDropNeedsEvaluationData() {
    refused(
        ErrorCode.USAGE,
        "no evaluation data",
        to(output)
            .recipe(
                Cases.recipe(
                    "steps:\n  - pass: quantize\ngates: { metric: cosine, max-drop: 1% }\n"))
            .calibration(data("x", Cases.tokens("seen", 4))));
  }

  @Test
  void aLimitedDropNeedsAMetric() {
    refused(
        ErrorCode.USAGE,
        "no metric",
        to(output)
            .recipe(Cases.recipe("steps:\n  - pass: quantize\nbudget: { max-drop: 1% }\n"))
            .evaluation(data("x", Cases.tokens("seen", 4))));
  }

  @Test
  void aModelWithoutWeightsIsSaid() {
    Cases.save(
        Graphs.graph().input("x", 2, 3).node("Relu", "y", List.of("x")).output("y", 2, 3).model(),
        input);
    refused(ErrorCode.MODEL, "no weight that can be compressed", to(output));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        DYNAMIC,
        "bits: 4, group: 32, method: gptq",
        "bits: 8, activations: dynamic, smooth: 0.5",
        "bits: 3, activations: none"
      })
  void weightsThatAreNotANumberAreNamed(String with) {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      float[] w = Cases.scaled("w1", 64, 64, 128).toFloats();
      w[3 * 128 + 5] = bad;
      Cases.save(Cases.perceptron(Tensor.ofFloats("w1", new long[] {64, 128}, w)), input);
      CompressorException e =
          refused(
              ErrorCode.MODEL,
              "output 5 and input 3 is " + bad,
              to(output).recipe(Cases.quantize(with)).calibration(data("x", Cases.tokens("s", 8))));
      assertEquals("w1", e.where());
    }
  }

  @Test
  void dataThatIsNotANumberIsNamed() {
    float[] x = Cases.tokens("seen", 2).toFloats();
    x[70] = Float.NaN;
    CompressorException e =
        refused(
            ErrorCode.DATA,
            "element 70 is NaN",
            to(output)
                .calibration(data("x", Tensor.ofFloats("x", new long[] {2, Cases.TOKENS, 64}, x))));
    assertTrue(e.where().endsWith("x.npz:x"), e.where());
  }

  @Test
  void activationsThatAreNeverFiniteAreNamed() {
    float[] x = new float[4 * 8 * 12 * 12];
    Arrays.fill(x, 3e38f); // products overflow in the first layer
    Cases.save(Cases.images(), input);
    CompressorException e =
        refused(
            ErrorCode.DATA,
            "finite",
            to(output)
                .recipe(Cases.quantize("bits: 8, activations: static"))
                .calibration(data("x", Tensor.ofFloats("x", new long[] {4, 8, 12, 12}, x))));
    assertFalse(e.where().endsWith(".npz"), e.where());
  }

  @Test
  void aFewSamplesThatAreNotFiniteAreLeftOutAndReported() {
    float[] x = Cases.tokens("seen", 16).toFloats();
    x[70] = 3e38f; // its square overflows
    Tensor tokens = Tensor.ofFloats("x", new long[] {16, Cases.TOKENS, 64}, x);
    CompressionResult result =
        Compressor.compress(
            to(output)
                .recipe(Cases.quantize("bits: 4, group: 32, method: gptq"))
                .calibration(data("x", tokens)));
    assertFalse(result.report().warnings().isEmpty());
    for (float v : Cases.run(output, "x", Cases.tokens("unseen", 2))) {
      assertTrue(Float.isFinite(v));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"statistics", "solve", "write", "evaluate", "time"})
  void aCancelledRunLeavesNothing(String stage) {
    CancelAt cancel = new CancelAt(stage);
    refused(
        ErrorCode.CANCELLED,
        "cancelled",
        to(output)
            .recipe(Cases.quantize("bits: 4, group: 32, method: gptq"))
            .calibration(data("x", Cases.tokens("seen", 8)))
            .evaluation(data("x", Cases.tokens("judge", 8)))
            .observer(cancel));
    assertTrue(cancel.reached, "no stage " + stage);
  }

  @Test
  void aCancelledRunKeepsTheFileItWasToReplace() throws IOException {
    Files.writeString(output, "precious");
    assertThrows(
        CompressorException.class,
        () -> Compressor.compress(to(output).force(true).observer(new CancelAt("write"))));
    assertEquals("precious", Files.readString(output));
  }

  private CompressionRequest to(Path target) {
    return CompressionRequest.of(input, target)
        .recipe(Cases.quantize(DYNAMIC))
        .workspace(Workspaces.emptied(folder.resolve("workspace")));
  }

  private DataSource data(String name, Tensor tensor) {
    return DataSource.of(Cases.save(name, tensor, folder.resolve(tensor.name() + ".npz")));
  }

  private CompressorException refused(ErrorCode code, String words, CompressionRequest request) {
    List<String> before = files();
    CompressorException e =
        assertThrows(CompressorException.class, () -> Compressor.compress(request));
    assertEquals(code, e.code(), e.toString());
    assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
    assertFalse(e.where().isBlank());
    assertFalse(e.hint().isBlank());
    assertEquals(before, files());
    return e;
  }

  /** Everything but the workspace, which is kept on purpose. */
  private List<String> files() {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(p -> p.getFileName().toString())
          .filter(n -> !n.equals("workspace"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Asks to stop as soon as a stage begins. */
  private static final class CancelAt implements Progress {
    private final String stage;
    private volatile boolean reached;

    CancelAt(String stage) {
      this.stage = stage;
    }

    @Override
    public void begin(String name, long steps) {
      reached |= name.equals(stage);
    }

    @Override
    public void advance(long steps) {}

    @Override
    public boolean isCancelled() {
      return reached;
    }
  }
}
