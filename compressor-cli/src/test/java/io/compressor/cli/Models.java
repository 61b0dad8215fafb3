package io.compressor.cli;

import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.ir.Bytes;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Classifiers of 64 inputs and 4 classes. */
final class Models {
  private Models() {}

  /** Two layers. */
  static Model classifier(long seed) {
    Graph graph =
        new Graph(
            "classifier",
            List.of(
                Node.of("MatMul", List.of("x", "fc1.weight"), List.of("h")).withName("fc1"),
                Node.of("Relu", List.of("h"), List.of("r")),
                Node.of("MatMul", List.of("r", "fc2.weight"), List.of("y")).withName("fc2")),
            Map.of(
                "fc1.weight",
                random("fc1.weight", seed, 64, 32),
                "fc2.weight",
                random("fc2.weight", seed + 1, 32, 4)),
            List.of(),
            List.of(value("x", 64)),
            List.of(value("y", 4)),
            List.of(),
            Bytes.empty());
    return Model.of(10, 17, graph);
  }

  /** {@code layers} + 1 products of {@code width} with Relu between them: work for seconds. */
  static Model stack(int layers, int width) {
    List<Node> nodes = new ArrayList<>();
    Map<String, Tensor> weights = new LinkedHashMap<>();
    String x = "x";
    for (int i = 0; i <= layers; i++) {
      String w = "w" + i;
      boolean last = i == layers;
      weights.put(w, random(w, i, i == 0 ? 64 : width, last ? 4 : width));
      nodes.add(Node.of("MatMul", List.of(x, w), List.of(last ? "y" : "h" + i)).withName("m" + i));
      if (!last) {
        nodes.add(Node.of("Relu", List.of("h" + i), List.of("r" + i)));
        x = "r" + i;
      }
    }
    return Model.of(
        10,
        17,
        new Graph(
            "stack",
            nodes,
            weights,
            List.of(),
            List.of(value("x", 64)),
            List.of(value("y", 4)),
            List.of(),
            Bytes.empty()));
  }

  /** The classifier behind an infinite sum. */
  static Model overflowing() {
    Model model = classifier(1);
    List<Node> nodes = new ArrayList<>(model.graph().nodes());
    nodes.set(0, nodes.get(0).withInputs(List.of("i", "fc1.weight")));
    nodes.add(0, Node.of("Add", List.of("x", "huge"), List.of("i")));
    Map<String, Tensor> weights = new LinkedHashMap<>(model.graph().initializers());
    weights.put("huge", Tensor.scalar("huge", Float.POSITIVE_INFINITY));
    return model.withGraph(model.graph().withNodes(nodes).withInitializers(weights));
  }

  static Path write(Path path, Model model) {
    try {
      return Files.write(path, OnnxWriter.toBytes(model));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Value value(String name, long width) {
    return Value.of(
        name,
        new TensorType(
            ElementType.FLOAT, Optional.of(List.of(new Dim.Named("n"), new Dim.Fixed(width)))));
  }

  private static Tensor random(String name, long seed, int rows, int cols) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[rows * cols];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble() - 0.5);
    }
    return Tensor.ofFloats(name, new long[] {rows, cols}, values);
  }
}
