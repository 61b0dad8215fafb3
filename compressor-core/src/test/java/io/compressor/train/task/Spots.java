package io.compressor.train.task;

import io.compressor.formats.data.DataSource;
import io.compressor.formats.data.Dataset;
import io.compressor.formats.data.Datasets;
import io.compressor.formats.data.NpzWriter;
import io.compressor.graph.Graphs;
import io.compressor.ir.Attribute;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Images of 8 × 8 with a bright quarter that is their class, and a small net that tells them apart.
 */
final class Spots {
  static final int CLASSES = 4;

  private Spots() {}

  static Dataset data(Path folder, int samples) {
    return data(folder, samples, CLASSES);
  }

  /**
   * @param classes labels count to here, whatever the image shows
   */
  static Dataset data(Path folder, int samples, int classes) {
    SplittableRandom random = new SplittableRandom(17);
    float[] x = new float[samples * 64];
    long[] label = new long[samples];
    for (int i = 0; i < samples; i++) {
      label[i] = random.nextInt(classes);
      for (int p = 0; p < 64; p++) {
        int quarter = (p / 8 / 4) * 2 + p % 8 / 4;
        double bright = quarter == label[i] % CLASSES ? 0.7 : 0;
        x[i * 64 + p] = (float) (bright + random.nextGaussian());
      }
    }
    Path file = folder.resolve("spots" + samples + "-" + classes + ".npz");
    NpzWriter.write(
        file,
        List.of(
            Tensor.ofFloats("x", new long[] {samples, 1, 8, 8}, x),
            Tensor.ofLongs("label", new long[] {samples}, label)));
    return open(file);
  }

  static Dataset unlabelled(Path folder, int samples) {
    Path file = folder.resolve("plain.npz");
    NpzWriter.write(file, List.of(Graphs.random("x", 1, samples, 1, 8, 8)));
    return open(file);
  }

  private static Dataset open(Path file) {
    return Datasets.open(DataSource.of(file), net().graph().requiredInputs());
  }

  /** Conv 3×3 → BN → ReLU → Conv 3×3 → BN → ReLU → pool → Gemm. */
  static Model net() {
    Graphs g = Graphs.graph().input("x", -1, 1, 8, 8);
    norm(g, "1", conv(g, "1", "x", 1, 8));
    norm(g, "2", conv(g, "2", "r1", 8, 8));
    g.node(
        "AveragePool",
        "pool",
        List.of("r2"),
        Attribute.of("kernel_shape", new long[] {4, 4}),
        Attribute.of("strides", new long[] {4, 4}));
    g.node("Flatten", "flat", List.of("pool"));
    g.constant(Graphs.random("fc", 0.2, CLASSES, 32)).constant(zeros("fcb", CLASSES));
    g.node("Gemm", "logits", List.of("flat", "fc", "fcb"), Attribute.of("transB", 1L));
    return g.output("logits", -1, CLASSES).model(18);
  }

  private static String conv(Graphs g, String id, String x, int in, int out) {
    g.constant(Graphs.random("w" + id, Math.sqrt(2.0 / (9 * in)), out, in, 3, 3));
    g.node("Conv", "c" + id, List.of(x, "w" + id), Attribute.of("pads", new long[] {1, 1, 1, 1}));
    return "c" + id;
  }

  private static void norm(Graphs g, String id, String x) {
    g.constant(ones("s" + id, 8)).constant(zeros("b" + id, 8));
    g.constant(zeros("m" + id, 8)).constant(ones("v" + id, 8));
    g.node(
        Node.of(
            "BatchNormalization",
            List.of(x, "s" + id, "b" + id, "m" + id, "v" + id),
            List.of("n" + id)));
    g.node("Relu", "r" + id, List.of("n" + id));
  }

  static Tensor zeros(String name, int n) {
    return Tensor.ofFloats(name, new long[] {n}, new float[n]);
  }

  static Tensor ones(String name, int n) {
    float[] ones = new float[n];
    Arrays.fill(ones, 1);
    return Tensor.ofFloats(name, new long[] {n}, ones);
  }
}
