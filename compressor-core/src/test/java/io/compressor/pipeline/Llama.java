package io.compressor.pipeline;

import io.compressor.graph.Graphs;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.util.List;

/**
 * A decoder in Llama's form with random weights: two blocks of width 128, RMSNorm, rotary
 * positions, four query heads over two key heads, SwiGLU. ids [batch, 32] to y [batch, 32, 200].
 * Embeddings span a quarter of the width, so that channels are correlated as in trained models.
 */
final class Llama {
  static final int LENGTH = 32;
  static final int VOCABULARY = 300;
  private static final int WIDTH = 128;
  private static final int HEADS = 4;
  private static final int KEY_HEADS = 2;
  private static final int HEAD = WIDTH / HEADS;
  private static final int INNER = 256;

  private final Graphs g = Graphs.graph();

  private Llama() {}

  static Model model() {
    return new Llama().build();
  }

  /** Zipf-like ids: a few tokens are frequent. */
  static Tensor ids(String seed, int samples) {
    float[] noise = Graphs.random(seed, 1, samples, LENGTH).toFloats();
    long[] ids = new long[noise.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Math.min(VOCABULARY - 1, (long) (30 * noise[i] * noise[i]));
    }
    return Tensor.ofLongs(seed, new long[] {samples, LENGTH}, ids);
  }

  private Model build() {
    g.input("ids", ElementType.INT64, -1, LENGTH);
    globals();
    g.constant(embeddings());
    g.node("Gather", "h", List.of("embed.weight", "ids"));
    String x = "h";
    for (int i = 0; i < 2; i++) {
      x = block("layers." + i, x);
    }
    norm("last", x);
    linear("y", "last", "head.weight", WIDTH, 200);
    return g.output("y", -1, LENGTH, 200).model(17);
  }

  private void globals() {
    g.longs("i0", 0).longs("half", HEAD / 2).longs("end", HEAD).longs("i2", 2).longs("axis3", 3);
    g.longs("q_shape", 0, 0, HEADS, HEAD).longs("kv_shape", 0, 0, KEY_HEADS, HEAD);
    g.longs("repeats", 1, 1, HEADS / KEY_HEADS, 1, 1).longs("all_heads", 0, HEADS, -1, HEAD);
    g.longs("flat", 0, 0, WIDTH);
    g.constant(Tensor.scalar("eps", 1e-5f))
        .constant(Tensor.scalar("root", (float) Math.sqrt(HEAD)));
    float[] cos = new float[LENGTH * HEAD];
    float[] sin = new float[LENGTH * HEAD];
    float[] mask = new float[LENGTH * LENGTH];
    for (int t = 0; t < LENGTH; t++) {
      for (int j = 0; j < HEAD; j++) {
        double angle = t / Math.pow(10_000, 2.0 * (j % (HEAD / 2)) / HEAD);
        cos[t * HEAD + j] = (float) Math.cos(angle);
        sin[t * HEAD + j] = (float) Math.sin(angle);
      }
      for (int u = t + 1; u < LENGTH; u++) {
        mask[t * LENGTH + u] = -1e4f;
      }
    }
    g.constant(Tensor.ofFloats("cos", new long[] {LENGTH, HEAD}, cos));
    g.constant(Tensor.ofFloats("sin", new long[] {LENGTH, HEAD}, sin));
    g.constant(Tensor.ofFloats("mask", new long[] {LENGTH, LENGTH}, mask));
  }

  private static Tensor embeddings() {
    int rank = WIDTH / 4;
    float[] a = Graphs.random("embed.a", 1, VOCABULARY, rank).toFloats();
    float[] b = Graphs.random("embed.b", 1 / Math.sqrt(rank), rank, WIDTH).toFloats();
    float[] e = new float[VOCABULARY * WIDTH];
    for (int i = 0; i < VOCABULARY; i++) {
      for (int k = 0; k < rank; k++) {
        for (int j = 0; j < WIDTH; j++) {
          e[i * WIDTH + j] += a[i * rank + k] * b[k * WIDTH + j];
        }
      }
    }
    return Tensor.ofFloats("embed.weight", new long[] {VOCABULARY, WIDTH}, e);
  }

  private String block(String p, String x) {
    norm(p + ".n1", x);
    String q = turned(heads(p + ".q", p + ".n1", WIDTH, "q_shape"));
    String k = repeated(turned(heads(p + ".k", p + ".n1", KEY_HEADS * HEAD, "kv_shape")));
    String v = repeated(heads(p + ".v", p + ".n1", KEY_HEADS * HEAD, "kv_shape"));
    permuted(p + ".kt", k, 0, 1, 3, 2);
    g.node("MatMul", p + ".qk", List.of(q, p + ".kt"));
    g.node("Div", p + ".s", List.of(p + ".qk", "root"));
    g.node("Add", p + ".m", List.of(p + ".s", "mask"));
    g.node("Softmax", p + ".p", List.of(p + ".m"), Attribute.of("axis", -1L));
    g.node("MatMul", p + ".c", List.of(p + ".p", v));
    permuted(p + ".ct", p + ".c", 0, 2, 1, 3);
    g.node("Reshape", p + ".cf", List.of(p + ".ct", "flat"));
    linear(p + ".o", p + ".cf", p + ".o.weight", WIDTH, WIDTH);
    g.node("Add", p + ".r", List.of(x, p + ".o"));
    norm(p + ".n2", p + ".r");
    linear(p + ".gate", p + ".n2", p + ".gate.weight", WIDTH, INNER);
    linear(p + ".up", p + ".n2", p + ".up.weight", WIDTH, INNER);
    g.node("Sigmoid", p + ".sig", List.of(p + ".gate"));
    g.node("Mul", p + ".silu", List.of(p + ".gate", p + ".sig"));
    g.node("Mul", p + ".act", List.of(p + ".silu", p + ".up"));
    linear(p + ".down", p + ".act", p + ".down.weight", INNER, WIDTH);
    g.node("Add", p + ".out", List.of(p + ".r", p + ".down"));
    return p + ".out";
  }

  private String heads(String p, String x, int out, String shape) {
    linear(p, x, p + ".weight", WIDTH, out);
    g.node("Reshape", p + ".split", List.of(p, shape));
    permuted(p + ".heads", p + ".split", 0, 2, 1, 3);
    return p + ".heads";
  }

  /** x · cos + (−x₂, x₁) · sin. */
  private String turned(String x) {
    g.node("Slice", x + ".x1", List.of(x, "i0", "half", "axis3"));
    g.node("Slice", x + ".x2", List.of(x, "half", "end", "axis3"));
    g.node("Neg", x + ".neg", List.of(x + ".x2"));
    g.node("Concat", x + ".other", List.of(x + ".neg", x + ".x1"), Attribute.of("axis", -1L));
    g.node("Mul", x + ".cos", List.of(x, "cos"));
    g.node("Mul", x + ".sin", List.of(x + ".other", "sin"));
    g.node("Add", x + ".turned", List.of(x + ".cos", x + ".sin"));
    return x + ".turned";
  }

  private String repeated(String x) {
    g.node("Unsqueeze", x + ".u", List.of(x, "i2"));
    g.node("Expand", x + ".e", List.of(x + ".u", "repeats"));
    g.node("Reshape", x + ".all", List.of(x + ".e", "all_heads"));
    return x + ".all";
  }

  private void norm(String out, String x) {
    g.node("Mul", out + ".sq", List.of(x, x));
    g.node(
        "ReduceMean", out + ".mean", List.of(out + ".sq"), Attribute.of("axes", new long[] {-1}));
    g.node("Add", out + ".var", List.of(out + ".mean", "eps"));
    g.node("Sqrt", out + ".rms", List.of(out + ".var"));
    g.node("Div", out + ".unit", List.of(x, out + ".rms"));
    g.uniform(out + ".gain", 0.2, 2, WIDTH);
    g.node("Mul", out, List.of(out + ".unit", out + ".gain"));
  }

  private void linear(String output, String x, String weight, int in, int out) {
    g.constant(Cases.scaled(weight, in, in, out));
    g.node("MatMul", output, List.of(x, weight));
  }

  private void permuted(String out, String x, long... perm) {
    g.node("Transpose", out, List.of(x), Attribute.of("perm", perm));
  }
}
