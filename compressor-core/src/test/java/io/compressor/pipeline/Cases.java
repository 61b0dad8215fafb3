package io.compressor.pipeline;

import io.compressor.formats.data.NpzWriter;
import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.formats.onnx.WriteOptions;
import io.compressor.graph.Graphs;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.recipe.RecipeSource;
import io.compressor.recipe.ResolvedRecipe;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Small models with data that fits them, and how to compare two files on it. */
final class Cases {
  static final int TOKENS = 8;

  private Cases() {}

  /** x[batch, 8, 64] → MatMul 64·128 + b → Relu → MatMul 128·64 + b → y. */
  static Model perceptron() {
    return perceptron(scaled("w1", 64, 64, 128));
  }

  static Model perceptron(Tensor first) {
    return Graphs.graph()
        .input("x", -1, TOKENS, 64)
        .constant(first)
        .constant(scaled("b1", 100, 128))
        .constant(scaled("w2", 128, 128, 64))
        .constant(scaled("b2", 100, 64))
        .node("MatMul", "m1", List.of("x", first.name()))
        .node("Add", "a1", List.of("m1", "b1"))
        .node("Relu", "r1", List.of("a1"))
        .node("MatMul", "m2", List.of("r1", "w2"))
        .node("Add", "y", List.of("m2", "b2"))
        .output("y", -1, TOKENS, 64)
        .model();
  }

  /** Conv → Relu → BatchNormalization → Conv → Relu → MaxPool → Flatten → Gemm, 8×12×12 images. */
  static Model images() {
    return Graphs.graph()
        .input("x", -1, 8, 12, 12)
        .constant(scaled("c1", 72, 16, 8, 3, 3))
        .constant(scaled("c1b", 100, 16))
        .uniform("gamma", 0.5, 1.5, 16)
        .constant(scaled("beta", 100, 16))
        .constant(scaled("mean", 100, 16))
        .uniform("variance", 0.5, 1.5, 16)
        .constant(scaled("c2", 144, 24, 16, 3, 3))
        .constant(scaled("c2b", 100, 24))
        .constant(scaled("g", 600, 10, 600))
        .constant(scaled("gb", 100, 10))
        .node("Conv", "h1", List.of("x", "c1", "c1b"), pads(1))
        .node("Relu", "r1", List.of("h1"))
        .node("BatchNormalization", "n1", List.of("r1", "gamma", "beta", "mean", "variance"))
        .node("Conv", "h2", List.of("n1", "c2", "c2b"), pads(0))
        .node("Relu", "r2", List.of("h2"))
        .node(
            "MaxPool",
            "p",
            List.of("r2"),
            Attribute.of("kernel_shape", new long[] {2, 2}),
            Attribute.of("strides", new long[] {2, 2}))
        .node("Flatten", "f", List.of("p"))
        .node("Gemm", "y", List.of("f", "g", "gb"), Attribute.of("transB", 1L))
        .output("y", -1, 10)
        .model();
  }

  /** ids[batch, 8] → Gather 500·64 → MatMul 64·64 → y. */
  static Model words() {
    return Graphs.graph()
        .input("ids", ElementType.INT64, -1, TOKENS)
        .constant(scaled("table", 1, 500, 64))
        .constant(scaled("w", 64, 64, 64))
        .node("Gather", "e", List.of("table", "ids"))
        .node("MatMul", "y", List.of("e", "w"))
        .output("y", -1, TOKENS, 64)
        .model();
  }

  /** Normal values of standard deviation 1/√in. */
  static Tensor scaled(String name, int in, long... dims) {
    return Graphs.random(name, 1 / Math.sqrt(in), dims);
  }

  static Tensor tokens(String seed, int samples) {
    return mixed(seed, samples * TOKENS, 64, samples, TOKENS, 64);
  }

  static Tensor pictures(String seed, int samples) {
    return Graphs.random(seed, 1, samples, 8, 12, 12);
  }

  static Tensor ids(String seed, int samples) {
    float[] noise = Graphs.random(seed, 100, samples, TOKENS).toFloats();
    long[] ids = new long[noise.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Math.min(499, Math.round(Math.abs(noise[i])));
    }
    return Tensor.ofLongs(seed, new long[] {samples, TOKENS}, ids);
  }

  /** Rows whose neighbouring channels are correlated, which is what GPTQ lives on. */
  private static Tensor mixed(String seed, int rows, int width, long... dims) {
    float[] noise = Graphs.random(seed, 1, rows, width).toFloats();
    float[] x = new float[noise.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = i % width == 0 ? noise[i] : 0.9f * x[i - 1] + 0.44f * noise[i];
    }
    return Tensor.ofFloats(seed, dims, x);
  }

  static Path save(Model model, Path file) {
    OnnxWriter.write(model, file, WriteOptions.auto());
    return file;
  }

  static Path save(String input, Tensor data, Path file) {
    NpzWriter.write(file, List.of(data.withName(input)));
    return file;
  }

  static ResolvedRecipe recipe(String yaml) {
    return RecipeSource.text("recipe: 1\n" + yaml, "test recipe").resolve();
  }

  /** One quantize step in the smallest form, which no stop-watch can talk out of. */
  static ResolvedRecipe quantize(String with) {
    return recipe(
        "steps:\n  - pass: quantize\n    with: { " + with + " }\nencoding: { prefer: size }\n");
  }

  static float[] run(Path model, String input, Tensor data) {
    try (RuntimeSession session = RuntimeSession.open(model, SessionSettings.withThreads(1))) {
      return session.run(Map.of(input, data.withName(input))).get("y").toFloats();
    }
  }

  static double cosine(float[] a, float[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return ab / Math.sqrt(aa * bb);
  }

  private static Attribute pads(long n) {
    long[] all = new long[4];
    Arrays.fill(all, n);
    return Attribute.of("pads", all);
  }

  /** Pictures with what the model finds in them as labels. */
  static Path labelled(Path model, String name, int count, Path file) {
    Tensor pictures = pictures(name, count);
    float[] logits = run(model, "x", pictures);
    int classes = logits.length / count;
    long[] labels = new long[count];
    for (int s = 0; s < count; s++) {
      labels[s] = largest(logits, s * classes, classes);
    }
    Tensor found = Tensor.ofLongs("label", new long[] {count}, labels);
    NpzWriter.write(file, List.of(pictures.withName("x"), found));
    return file;
  }

  private static int largest(float[] values, int from, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      best = values[from + i] > values[from + best] ? i : best;
    }
    return best;
  }

  /** Share of pictures in which two models find the same. */
  static double agreement(Path one, Path other, Tensor pictures) {
    int count = (int) pictures.dims()[0];
    float[] a = run(one, "x", pictures);
    float[] b = run(other, "x", pictures);
    int classes = a.length / count;
    int same = 0;
    for (int s = 0; s < count; s++) {
      same += largest(a, s * classes, classes) == largest(b, s * classes, classes) ? 1 : 0;
    }
    return (double) same / count;
  }
}
