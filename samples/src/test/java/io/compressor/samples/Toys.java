package io.compressor.samples;

import io.compressor.formats.data.NpzWriter;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** A linear classifier of four noisy directions, and data that it classifies without a mistake. */
final class Toys {
  private static final int WIDTH = 256;
  private static final int HIDDEN = 64;
  private static final int CLASSES = 4;

  private Toys() {}

  static Path classifier(Path path) throws IOException {
    float[] first = new float[WIDTH * HIDDEN];
    float[] second = new float[HIDDEN * CLASSES];
    for (int i = 0; i < WIDTH; i++) {
      first[i * HIDDEN + i % HIDDEN] = 1 + i / 1000f;
    }
    for (int i = 0; i < HIDDEN; i++) {
      second[i * CLASSES + i % CLASSES] = 1 + i / 1000f;
    }
    Graph graph =
        new Graph(
            "toy",
            List.of(
                Node.of("MatMul", List.of("x", "w1"), List.of("h")).withName("first"),
                Node.of("Relu", List.of("h"), List.of("r")),
                Node.of("MatMul", List.of("r", "w2"), List.of("y")).withName("second")),
            Map.of(
                "w1", Tensor.ofFloats("w1", new long[] {WIDTH, HIDDEN}, first),
                "w2", Tensor.ofFloats("w2", new long[] {HIDDEN, CLASSES}, second)),
            List.of(),
            List.of(value("x", WIDTH)),
            List.of(value("y", CLASSES)),
            List.of(),
            Bytes.empty());
    return Files.write(path, OnnxWriter.toBytes(Model.of(10, 17, graph)));
  }

  static Path data(Path path, int samples, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] x = new float[samples * WIDTH];
    long[] label = new long[samples];
    for (int i = 0; i < samples; i++) {
      label[i] = i % CLASSES;
      for (int j = 0; j < WIDTH; j++) {
        double signal = j % CLASSES == label[i] ? 1 : 0;
        x[i * WIDTH + j] = (float) (signal + random.nextDouble());
      }
    }
    NpzWriter.write(
        path,
        List.of(
            Tensor.ofFloats("x", new long[] {samples, WIDTH}, x),
            Tensor.ofLongs("label", new long[] {samples}, label)));
    return path;
  }

  private static Value value(String name, long width) {
    return Value.of(
        name,
        new TensorType(
            ElementType.FLOAT, Optional.of(List.of(new Dim.Named("n"), new Dim.Fixed(width)))));
  }
}
