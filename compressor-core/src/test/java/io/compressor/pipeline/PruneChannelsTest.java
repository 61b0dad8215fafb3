package io.compressor.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.DataSource;
import io.compressor.formats.onnx.OnnxReader;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.channel.ChannelGroup;
import io.compressor.graph.channel.ChannelGroups;
import io.compressor.graph.channel.ChannelRemoval;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The {@code prune} pass with {@code structure: structured}, from file to file. */
class PruneChannelsTest {
  @TempDir Path folder;

  private CompressionResult run(Model model, Tensor data, String with) {
    Path in = Cases.save(model, folder.resolve("in.onnx"));
    Path seen = Cases.save("x", data, folder.resolve("seen.npz"));
    return Compressor.compress(
        CompressionRequest.of(in, folder.resolve("out.onnx"))
            .recipe(
                Cases.recipe(
                    "steps:\n  - pass: prune\n    with: { structure: structured, " + with + " }\n"))
            .calibration(DataSource.of(seen))
            .threads(1)
            .force(true)
            .workspace(Workspaces.emptied(folder.resolve("workspace"))));
  }

  private static double distance(Path before, Path after, Tensor x) {
    float[] wanted = Cases.run(before, "x", x);
    float[] have = Cases.run(after, "x", x);
    double error = 0;
    double power = 0;
    for (int i = 0; i < wanted.length; i++) {
      error += (wanted[i] - have[i]) * (wanted[i] - have[i]);
      power += wanted[i] * wanted[i];
    }
    return error / power;
  }

  /** Oracle: the same model with the readers' columns at zero. */
  @ParameterizedTest
  @ValueSource(strings = {"images", "perceptron"})
  void takingOutIsWhatZeroColumnsDo(String name) {
    Model model = name.equals("images") ? Cases.images() : Cases.perceptron();
    GraphIndex index = new GraphIndex(model);
    Map<ChannelGroup, int[]> kept = new LinkedHashMap<>();
    Map<String, Tensor> zeroed = new LinkedHashMap<>(model.graph().initializers());
    for (ChannelGroup group : ChannelGroups.of(index)) {
      if (ChannelRemoval.refusal(group, index).isPresent()) {
        continue;
      }
      kept.put(
          group,
          java.util.stream.IntStream.range(0, group.size()).filter(c -> c % 3 != 1).toArray());
      group
          .readers()
          .forEach(
              e -> {
                float[] w = e.site().weightMatrix();
                for (int i = 0; i < w.length; i++) {
                  w[i] = i % e.site().in() / e.spread() % 3 == 1 ? 0 : w[i];
                }
                String weight = e.site().weight().name();
                zeroed.put(
                    weight,
                    Tensor.ofFloats(
                        weight, e.site().weight().dims(), e.site().layout().toStored(w)));
              });
    }
    assertTrue(!kept.isEmpty(), "no group of " + name + " can lose channels");
    Model smaller = ChannelRemoval.of(model, kept);
    Path small = Cases.save(smaller, folder.resolve("small.onnx"));
    Path zeros =
        Cases.save(
            model.withGraph(model.graph().withInitializers(zeroed)), folder.resolve("zeros.onnx"));
    Tensor x = name.equals("images") ? Cases.pictures("u", 4) : Cases.tokens("u", 4);
    assertTrue(distance(zeros, small, x) < 1e-10);
    long before = parameters(model);
    assertTrue(parameters(smaller) < 0.9 * before);
  }

  private static long parameters(Model model) {
    return model.graph().initializers().values().stream().mapToLong(Tensor::elements).sum();
  }

  @ParameterizedTest
  @CsvSource({"dp,0.3", "dp,0.5", "uniform,0.3"})
  void fewerMultiplicationsAreLeft(String allocation, double sparsity) {
    CompressionResult result =
        run(
            Cases.perceptron(),
            Cases.tokens("seen", 64),
            "sparsity: %s, allocation: %s".formatted(sparsity, allocation));
    Map<String, Tensor> now = OnnxReader.read(result.model()).graph().initializers();
    long left = now.get("w1").dims()[1];
    assertEquals(left, now.get("w2").dims()[0]);
    assertEquals(left, now.get("b1").elements());
    assertTrue(left <= (1 - sparsity) * 128 && left >= (1 - sparsity) * 128 - 16, left + " left");
    String said = String.join("\n", result.report().warnings());
    assertTrue(said.contains("multiplications are left"), said);
  }

  @Test
  void whatIsLeftLearns() {
    Path in = Cases.save(Cases.perceptron(), folder.resolve("in.onnx"));
    Tensor x = Cases.tokens("unseen", 16);
    Tensor data = Cases.tokens("seen", 128);
    double before = distance(in, run(Cases.perceptron(), data, "sparsity: 50%").model(), x);
    double after =
        distance(
            in,
            run(Cases.perceptron(), data, "sparsity: 50%, distill-steps: 80, learning-rate: 0.05")
                .model(),
            x);
    assertTrue(after < 0.9 * before, after + " of " + before);
  }

  @Test
  void theChannelsThatMatterLeastGo() {
    float[] w = Cases.scaled("w1", 64, 64, 128).toFloats();
    for (int i = 0; i < w.length; i++) {
      w[i] *= i % 128 < 64 ? 1 : 0.01f;
    }
    Model model = Cases.perceptron(Tensor.ofFloats("w1", new long[] {64, 128}, w));
    CompressionResult result = run(model, Cases.tokens("seen", 64), "sparsity: 50%");
    assertTrue(
        distance(folder.resolve("in.onnx"), result.model(), Cases.tokens("unseen", 16)) < 0.05);
    float[] left = OnnxReader.read(result.model()).graph().initializers().get("w1").toFloats();
    int strong = 0;
    for (float v : Arrays.copyOf(left, 64)) {
      strong += Math.abs(v) > 0.01 ? 1 : 0;
    }
    assertTrue(strong > 50, strong + " of 64 strong");
  }

  @Test
  void aModelWithoutSuchChannelsIsRefused() {
    Model one = Cases.perceptron();
    Model single =
        io.compressor.graph.Graphs.graph()
            .input("x", -1, Cases.TOKENS, 64)
            .constant(one.graph().initializers().get("w1"))
            .node("MatMul", "y", List.of("x", "w1"))
            .output("y", -1, Cases.TOKENS, 128)
            .model();
    CompressorException e =
        assertThrows(
            CompressorException.class,
            () -> run(single, Cases.tokens("seen", 16), "sparsity: 50%"));
    assertEquals(ErrorCode.MODEL, e.code());
    assertTrue(String.valueOf(e.getMessage()).contains("no channels"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"allocation: lamp", "rounds: 2", "saliency: sparsegpt", "storage: dense"})
  void whatMeansNothingIsRefused(String with) {
    CompressorException e =
        assertThrows(
            CompressorException.class,
            () -> run(Cases.perceptron(), Cases.tokens("seen", 16), "sparsity: 50%, " + with));
    assertEquals(ErrorCode.RECIPE, e.code());
  }
}
