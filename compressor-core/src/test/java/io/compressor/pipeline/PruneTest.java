package io.compressor.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.DataSource;
import io.compressor.formats.onnx.OnnxReader;
import io.compressor.graph.Graphs;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The {@code prune} pass from file to file. */
class PruneTest {
  @TempDir Path folder;
  private Path images;
  private Path tokens;

  @BeforeEach
  void write() {
    images = Cases.save(Cases.images(), folder.resolve("images.onnx"));
    tokens = Cases.save(Cases.perceptron(), folder.resolve("tokens.onnx"));
  }

  private CompressionRequest request(Path model, String with) {
    return CompressionRequest.of(model, folder.resolve("out.onnx"))
        .recipe(Cases.recipe("steps:\n  - pass: prune\n    with: { " + with + " }\n"))
        .threads(1)
        .force(true)
        .workspace(Workspaces.emptied(folder.resolve("workspace")));
  }

  private CompressionResult run(Path model, String with) {
    Tensor data = model.equals(images) ? Cases.pictures("seen", 96) : Cases.tokens("seen", 96);
    Path file = Cases.save("x", data, folder.resolve("seen.npz"));
    return Compressor.compress(request(model, with).calibration(DataSource.of(file)));
  }

  private static long zeros(Path model) {
    long zeros = 0;
    for (Tensor t : OnnxReader.read(model).graph().initializers().values()) {
      if (t.type() == ElementType.FLOAT && t.rank() > 1) {
        for (float v : t.toFloats()) {
          zeros += v == 0 ? 1 : 0;
        }
      }
    }
    return zeros;
  }

  private double distance(Path before, Path after) {
    Tensor unseen =
        before.equals(images) ? Cases.pictures("unseen", 24) : Cases.tokens("unseen", 24);
    float[] wanted = Cases.run(before, "x", unseen);
    float[] have = Cases.run(after, "x", unseen);
    double error = 0;
    double power = 0;
    for (int i = 0; i < wanted.length; i++) {
      error += (wanted[i] - have[i]) * (wanted[i] - have[i]);
      power += wanted[i] * wanted[i];
    }
    return error / power;
  }

  @ParameterizedTest
  @ValueSource(strings = {"dp", "uniform", "uniform-plus", "erk", "lamp", "global"})
  void everyAllocationReachesTheSparsity(String allocation) {
    long all = 16 * 72 + 24 * 144 + 6000;
    for (int percent : new int[] {50, 90}) {
      Path out =
          run(
                  images,
                  "sparsity: %d%%, storage: dense, allocation: %s".formatted(percent, allocation))
              .model();
      double share = (double) zeros(out) / all;
      assertTrue(share >= percent / 100.0 && share < percent / 100.0 + 0.02, "zero: " + share);
    }
  }

  @Test
  void maskedFilesComputeTheSameAndAreSmaller() throws IOException {
    Path dense = folder.resolve("dense.onnx");
    Files.copy(run(images, "sparsity: 80%, storage: dense").model(), dense);
    Path masked = run(images, "sparsity: 80%").model();
    Tensor x = Cases.pictures("unseen", 8);
    assertArrayEquals(Cases.run(dense, "x", x), Cases.run(masked, "x", x));
    assertTrue(Files.size(masked) < 0.4 * Files.size(dense), Files.size(masked) + " bytes");
    double exact = distance(images, masked);
    Path coded = run(images, "sparsity: 80%, storage: mask-8bit").model();
    assertEquals(exact, distance(images, coded), 0.02 * exact);
    assertTrue(Files.size(coded) < 0.9 * Files.size(dense));
  }

  @Test
  void nothingAskedForNothingDone() throws IOException {
    CompressionResult result = run(images, "sparsity: 0");
    String said = String.join("\n", result.report().warnings());
    assertTrue(said.contains("left the model as it is"), said);
    assertArrayEquals(
        Cases.run(images, "x", Cases.pictures("unseen", 4)),
        Cases.run(result.model(), "x", Cases.pictures("unseen", 4)));
    assertEquals(zeros(images), zeros(result.model()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "images | sparsity: 85%, storage: dense | rounds: 3, distill-steps: 90, learning-rate:"
            + " 0.05",
        "tokens | sparsity: 85%, storage: dense | distill-steps: 60, learning-rate: 0.05",
      })
  void whatIsLeftLearnsAndZerosStay(String name, String plain, String learning) {
    Path model = name.equals("images") ? images : tokens;
    double before = distance(model, run(model, plain).model());
    CompressionResult result = run(model, plain + ", " + learning);
    double after = distance(model, result.model());
    String said = String.join("\n", result.report().warnings());
    assertTrue(after < 0.8 * before, after + " of " + before + " " + said);
    long all = name.equals("images") ? 16 * 72 + 24 * 144 + 6000 : 2 * 64 * 128;
    assertTrue(zeros(result.model()) >= 0.85 * all, said);
  }

  @Test
  void reconstructionIsBetterThanMagnitudeOnInputsThatHangTogether() {
    String with = "sparsity: 70%, allocation: uniform";
    double plain = distance(tokens, run(tokens, with).model());
    double mended = distance(tokens, run(tokens, with + ", saliency: sparsegpt").model());
    assertTrue(mended < 0.8 * plain, mended + " of " + plain);
    double curves = distance(images, run(images, "sparsity: 70%, saliency: sparsegpt").model());
    assertTrue(curves < distance(images, run(images, "sparsity: 70%").model()));
  }

  @Test
  void noiseServesWhereThereIsNoData() {
    CompressionResult result =
        Compressor.compress(request(images, "sparsity: 60%, zero-data: true"));
    assertTrue(distance(images, result.model()) < 0.5);
    Path words = Cases.save(Cases.words(), folder.resolve("words.onnx"));
    fails(
        ErrorCode.MODEL,
        "normal noise",
        () -> Compressor.compress(request(words, "sparsity: 60%, zero-data: true")));
  }

  @Test
  void rulesNeedNoData() {
    Path out = Compressor.compress(request(tokens, "sparsity: 60%, allocation: lamp")).model();
    assertTrue(distance(tokens, out) < 0.6);
  }

  @Test
  void sameBytesAtAnyNumberOfThreads() throws IOException {
    String with = "sparsity: 80%, rounds: 2, distill-steps: 10";
    byte[] first = Files.readAllBytes(run(tokens, with).model());
    Path file = folder.resolve("seen.npz");
    byte[] second =
        Files.readAllBytes(
            Compressor.compress(request(tokens, with).calibration(DataSource.of(file)).threads(2))
                .model());
    assertArrayEquals(first, second);
  }

  @Test
  void anotherStepQuantizesWhatWasPruned() {
    Path data = Cases.save("x", Cases.tokens("seen", 96), folder.resolve("seen.npz"));
    Path out =
        Compressor.compress(
                request(tokens, "")
                    .recipe(
                        Cases.recipe(
                            "steps:\n  - pass: prune\n    with: { sparsity: 60%, storage: dense }\n"
                                + "  - pass: quantize\n    with: { bits: 8 }\n"))
                    .calibration(DataSource.of(data)))
            .model();
    assertTrue(distance(tokens, out) < 0.3);
  }

  @Test
  void additivityIsReported() {
    CompressionResult result = run(images, "sparsity: 50%, trials: 12");
    String said = String.join("\n", result.report().warnings());
    assertTrue(said.contains("rank correlation"), said);
  }

  @Test
  void labelsTeachWhereTheDataHasThem() {
    String with =
        "sparsity: 80%, storage: dense, allocation: uniform, distill-steps: 60,"
            + " learning-rate: 0.05, objective: labels";
    Path file = Cases.labelled(images, "seen", 128, folder.resolve("labelled.npz"));
    CompressionResult result =
        Compressor.compress(request(images, with).calibration(DataSource.of(file)));
    String said = String.join("\n", result.report().warnings());
    assertTrue(said.contains("held-out loss on labels"), said);
    assertTrue(zeros(result.model()) >= 0.8 * (16 * 72 + 24 * 144 + 6000));
    fails(ErrorCode.DATA, "label", () -> run(images, with));
  }

  /** Gradients know what a magnitude does not, and the weights that stay make up for the others. */
  @Test
  void surgeryLosesLessThanMagnitudes() {
    String with = "sparsity: 70%, allocation: uniform, saliency: ";
    double magnitude = distance(images, run(images, with + "magnitude").model());
    double surgery = distance(images, run(images, with + "m-fac").model());
    assertTrue(surgery < 0.9 * magnitude, surgery + " of " + magnitude);
  }

  @Test
  void nothingToPruneIsSaid() {
    Model tables =
        Graphs.graph()
            .input("ids", ElementType.INT64, -1, Cases.TOKENS)
            .constant(Cases.scaled("table", 1, 500, 64))
            .node("Gather", "y", List.of("table", "ids"))
            .output("y", -1, Cases.TOKENS, 64)
            .model();
    Path file = Cases.save(tables, folder.resolve("tables.onnx"));
    Path ids = Cases.save("ids", Cases.ids("seen", 16), folder.resolve("ids.npz"));
    fails(
        ErrorCode.MODEL,
        "no weight that can be pruned",
        () -> Compressor.compress(request(file, "sparsity: 50%").calibration(DataSource.of(ids))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sparsity: 1.5",
        "sparsity: -1",
        "sparsity: 50%, rounds: 0",
        "sparsity: 50%, structure: sideways",
        "sparsity: 50%, zero-data: true, distill-steps: 10",
        "sparsity: 50%, zero-data: true, saliency: sparsegpt",
        "sparsity: 50%, learning-rate: 0.1",
      })
  void contradictionsAreRefused(String with) {
    fails(ErrorCode.RECIPE, "", () -> request(images, with));
  }

  @Test
  void curvesNeedData() {
    fails(ErrorCode.RECIPE, "", () -> Compressor.compress(request(images, "sparsity: 50%")));
  }

  private static void fails(ErrorCode code, String words, Runnable action) {
    CompressorException e = assertThrows(CompressorException.class, action::run);
    assertEquals(code, e.code(), e.getMessage());
    assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
  }
}
