package io.compressor.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.DataSource;
import io.compressor.formats.data.NpzWriter;
import io.compressor.formats.onnx.OnnxReader;
import io.compressor.graph.Graphs;
import io.compressor.ir.Attribute;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.recipe.ResolvedRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The {@code reste} pass from file to file. */
class ResteTest {
  private static final Set<String> BINARY = Set.of("c2", "c3", "c4", "g1", "m1");

  @TempDir Path folder;

  /** Even and odd channels, padding and stride, sums beyond a byte, biases, Gemm and MatMul. */
  private static Model net() {
    Graphs g = Graphs.graph().input("x", -1, 8, 12, 12);
    conv(g, "c1", "x", 32, 8, 1);
    conv(g, "c2", "t_c1", 16, 32, 1);
    conv(g, "c3", "t_c2", 5, 16, 2);
    conv(g, "c4", "t_c3", 6, 5, 1);
    g.node("Flatten", "f", List.of("t_c4"));
    g.constant(Cases.scaled("g1", 216, 24, 216)).constant(Cases.scaled("g1b", 4, 24));
    g.node("Gemm", "h", List.of("f", "g1", "g1b"), Attribute.of("transB", 1L));
    g.node("Tanh", "t_g", List.of("h")).constant(Cases.scaled("m1", 24, 24, 16));
    g.node("MatMul", "k", List.of("t_g", "m1")).node("Tanh", "t_m", List.of("k"));
    g.constant(Cases.scaled("last", 16, 16, 10));
    return g.node("MatMul", "y", List.of("t_m", "last")).output("y", -1, 10).model(18);
  }

  private static void conv(Graphs g, String name, String x, int out, int in, long stride) {
    g.constant(Cases.scaled(name, 9 * in, out, in, 3, 3))
        .constant(Cases.scaled(name + "b", 9, out));
    g.node(
        "Conv",
        "y_" + name,
        List.of(x, name, name + "b"),
        Attribute.of("pads", new long[] {1, 1, 1, 1}),
        Attribute.of("strides", new long[] {stride, stride}));
    g.node("Tanh", "t_" + name, List.of("y_" + name));
  }

  /** What training computes, built by hand: ±mean |w| a layer or output, signs with sign(0) = 1. */
  private static Model simulated(boolean signs, boolean perChannel) {
    Model model = net();
    Map<String, Tensor> constants = new LinkedHashMap<>(model.graph().initializers());
    for (String name : BINARY) {
      Tensor w = constants.get(name);
      float[] values = w.toFloats();
      int outs = (int) w.dims()[name.equals("m1") ? 1 : 0];
      float[] made = new float[values.length];
      for (int o = 0; o < outs; o++) {
        double sum = 0;
        int n = 0;
        for (int i = 0; i < values.length; i++) {
          if (!perChannel || out(name, i, outs, values.length) == o) {
            sum += Math.abs(values[i]);
            n++;
          }
        }
        for (int i = 0; i < values.length; i++) {
          if (out(name, i, outs, values.length) == o) {
            made[i] = (float) (values[i] >= 0 ? sum / n : -sum / n);
          }
        }
      }
      constants.put(name, Tensor.ofFloats(name, w.dims(), made));
    }
    constants.put("0", Tensor.scalar("0", 0));
    constants.put("+", Tensor.scalar("+", 1));
    constants.put("-", Tensor.scalar("-", -1));
    List<Node> nodes = new ArrayList<>();
    for (Node node : model.graph().nodes()) {
      if (signs && node.input(1).filter(BINARY::contains).isPresent()) {
        String x = node.inputs().get(0);
        nodes.add(Node.of("GreaterOrEqual", List.of(x, "0"), List.of(x + "?")));
        nodes.add(Node.of("Where", List.of(x + "?", "+", "-"), List.of(x + "!")));
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.set(0, x + "!");
        nodes.add(node.withInputs(inputs));
      } else {
        nodes.add(node);
      }
    }
    return model.withGraph(model.graph().withNodes(nodes).withInitializers(constants));
  }

  private static int out(String name, int i, int outs, int size) {
    return name.equals("m1") ? i % outs : i / (size / outs);
  }

  @ParameterizedTest
  @CsvSource({"false, layer", "false, channel", "true, layer", "true, channel"})
  void inferenceComputesWhatTrainingComputed(boolean weightsOnly, String scale) {
    Path input = Cases.save(net(), folder.resolve("in.onnx"));
    String with = "steps: 1, batch: 8, learning-rate: 0, decay: 0, scale: " + scale;
    if (weightsOnly) {
      with += ", weights-only: true, activations: none";
    }
    CompressionResult result = compress(input, with, pictures(64), 1);
    Path oracle =
        Cases.save(simulated(!weightsOnly, scale.equals("channel")), folder.resolve("s.onnx"));
    Tensor unseen = Cases.pictures("unseen", 16);
    float[] expected = Cases.run(oracle, "x", unseen);
    float[] found = Cases.run(result.model(), "x", unseen);
    assertArrayEquals(expected, found, 2e-5f, "" + result.report().warnings());
    if (!weightsOnly) {
      Set<String> ops =
          OnnxReader.read(result.model()).graph().nodes().stream()
              .map(Node::opType)
              .collect(Collectors.toSet());
      assertTrue(ops.containsAll(Set.of("QLinearConv", "MatMulInteger")), "" + ops);
    }
  }

  /** Eight weights a byte. */
  @Test
  void aBinaryWeightTakesABit() throws IOException {
    Path input = Cases.save(net(), folder.resolve("in.onnx"));
    CompressionResult result = compress(input, "steps: 1, batch: 8", pictures(64), 1);
    long before = 0;
    long after = 0;
    for (var site : result.report().sites()) {
      before += site.bytesBefore();
      after += site.bytesAfter();
    }
    assertEquals(5, result.report().sites().size());
    assertTrue(after * 20 < before, after + " of " + before);
    assertTrue(Files.size(result.model()) < Files.size(input) - before + after + 9000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"weights-only: true", "weights-only: true, activations: none", "pad: 0"})
  void learningBeatsBinarizingAtOnce(String with) {
    Path input = Cases.save(net(), folder.resolve("in.onnx"));
    CompressionResult once =
        compress(input, "learning-rate: 0, steps: 1, " + with, pictures(300), 1);
    Tensor unseen = Cases.pictures("unseen", 64);
    float[] wanted = Cases.run(input, "x", unseen);
    double before = Cases.cosine(wanted, Cases.run(once.model(), "x", unseen));
    CompressionResult learnt =
        compress(input, "learning-rate: 0.01, steps: 80, batch: 16, " + with, pictures(300), 1);
    double after = Cases.cosine(wanted, Cases.run(learnt.model(), "x", unseen));
    assertTrue(after > before + 0.02, after + " after " + before);
    assertTrue(
        learnt.report().warnings().stream().anyMatch(w -> w.contains("gradient instability")),
        "" + learnt.report().warnings());
  }

  @Test
  void sameBytesAtAnyNumberOfThreads() throws IOException {
    Path input = Cases.save(net(), folder.resolve("in.onnx"));
    byte[] one = Files.readAllBytes(compress(input, "steps: 6", pictures(100), 1).model());
    byte[] two = Files.readAllBytes(compress(input, "steps: 6", pictures(100), 2).model());
    assertArrayEquals(one, two);
  }

  @Test
  void labelsAreLearntFromAndAskedFor() {
    Path input = Cases.save(net(), folder.resolve("in.onnx"));
    CompressorException none =
        assertThrows(
            CompressorException.class,
            () -> compress(input, "objective: labels, steps: 2", pictures(64), 1));
    assertEquals(ErrorCode.DATA, none.code());
    CompressionResult result =
        compress(input, "objective: labels, steps: 4, pad: 1, flip: true", labelled(64), 1);
    assertTrue(
        result.report().warnings().stream().anyMatch(w -> w.contains("% right")),
        "" + result.report().warnings());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"estimator: ste, o-end: 5", "m: 1, t: 0.5", "activations: none", "o-end: 0.5"})
  void optionsThatContradictEachOtherAreRefused(String with) {
    assertEquals(
        ErrorCode.RECIPE, assertThrows(CompressorException.class, () -> recipe(with)).code());
  }

  private Path pictures(int samples) {
    return Cases.save("x", Cases.pictures("seen", samples), folder.resolve("p" + samples + ".npz"));
  }

  private Path labelled(int samples) {
    SplittableRandom random = new SplittableRandom(17);
    long[] labels = random.longs(samples, 0, 10).toArray();
    Path file = folder.resolve("l" + samples + ".npz");
    NpzWriter.write(
        file,
        List.of(
            Cases.pictures("seen", samples).withName("x"),
            Tensor.ofLongs("label", new long[] {samples}, labels)));
    return file;
  }

  private CompressionResult compress(Path model, String with, Path data, int threads) {
    return Compressor.compress(
        CompressionRequest.of(model, folder.resolve("out.onnx"))
            .recipe(recipe(with))
            .calibration(DataSource.of(data))
            .threads(threads)
            .force(true)
            .workspace(Workspaces.emptied(folder.resolve("workspace"))));
  }

  private static ResolvedRecipe recipe(String with) {
    return Cases.recipe("steps:\n  - pass: reste\n    with: { " + with + " }\n");
  }
}
