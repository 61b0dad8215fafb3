package io.compressor.graph.channel;

import io.compressor.graph.Graphs;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.List;

/** Small transformers in the spellings that exporters use; two layers, ids [2, 5] to logits. */
public final class Transformers {
  public static final int VOCABULARY = 37;
  public static final int SEQUENCE = 5;
  private static final int LAYERS = 2;
  private static final float EPSILON = 1e-3f;

  /** How a norm is written. */
  public enum Spelling {
    DIV,
    RECIPROCAL,
    POWER,
    SIMPLIFIED,
    RMS,
    SKIP,
    LAYER,
    LAYER_SKIP,
    LAYER_SPELLED
  }

  private final Graphs g = Graphs.graph();
  private final int hidden;
  private final int heads;
  private final int kvHeads;
  private final int ffn;
  private Spelling spelling = Spelling.DIV;
  private boolean bias;
  private boolean tied;
  private boolean postNorm;
  private boolean cache;
  private boolean positions;

  private Transformers(int hidden, int heads, int kvHeads, int ffn) {
    this.hidden = hidden;
    this.heads = heads;
    this.kvHeads = kvHeads;
    this.ffn = ffn;
  }

  /** 48 = 3 · 16 channels in 4 heads of 12, of which keys and values have 2; 40 neurons. */
  public static Transformers small() {
    return new Transformers(48, 4, 2, 40);
  }

  public Transformers norms(Spelling how) {
    spelling = how;
    return this;
  }

  /** Biases on every linear. */
  public Transformers biases() {
    bias = true;
    return this;
  }

  /** The head reads the embedding table through a Transpose. */
  public Transformers tied() {
    tied = true;
    return this;
  }

  /** x = norm(x + f(x)), as in BERT. */
  public Transformers postNorm() {
    postNorm = true;
    return this;
  }

  /** Values of earlier tokens come in and all values go out. */
  public Transformers cache() {
    cache = true;
    return this;
  }

  /** A learned position table, as in GPT-2. */
  public Transformers positions() {
    positions = true;
    return this;
  }

  public Model model() {
    g.input("ids", ElementType.INT64, 2, SEQUENCE);
    matrix("embed.weight", VOCABULARY, hidden, 1);
    g.floats("scale", 0.3f);
    g.longs("i2", 2);
    int hd = hidden / heads;
    g.longs("q_shape", 0, 0, heads, hd).longs("kv_shape", 0, 0, kvHeads, hd);
    g.longs("o_shape", 0, 0, hidden);
    long length = cache ? SEQUENCE + 2 : SEQUENCE;
    g.longs("expanded", 2, kvHeads, heads / kvHeads, length, hd);
    g.longs("flat", 2, heads, length, hd);
    g.node("Gather", "x0", List.of("embed.weight", "ids"));
    String x = "x0";
    if (positions) {
      matrix("position.weight", SEQUENCE, hidden, 1);
      g.node("Add", "x_pos", List.of("x0", "position.weight"));
      x = "x_pos";
    }
    for (int l = 0; l < LAYERS; l++) {
      x = layer("layer" + l, x);
    }
    String n = postNorm ? x : norm("final_norm", x, "").normed();
    if (tied) {
      g.node(
          "Transpose", "head_t", List.of("embed.weight"), Attribute.of("perm", new long[] {1, 0}));
      g.node("MatMul", "logits", List.of(n, "head_t"));
    } else {
      matrix("head.weight", hidden, VOCABULARY, 0.2);
      g.node("MatMul", "logits", List.of(n, "head.weight"));
    }
    g.output("logits", 2, SEQUENCE, VOCABULARY);
    return g.model(spelling == Spelling.RMS ? 23 : 17).withOpset("com.microsoft", 1);
  }

  private record Normed(String normed, String sum) {}

  private String layer(String p, String in) {
    String x = in;
    String n = postNorm ? x : norm(p + ".norm1", x, "").normed();
    String o = attention(p, n);
    if (postNorm) {
      x = norm(p + ".norm1", add(p + ".res1", x, o), "").normed();
      return norm(p + ".norm2", add(p + ".res2", x, mlp(p, x)), "").normed();
    }
    Normed second = norm(p + ".norm2", x, o);
    return add(p + ".res2", second.sum(), mlp(p, second.normed()));
  }

  private String attention(String p, String n) {
    int hd = hidden / heads;
    String q = split(p + ".q", linear(p + ".q", n, hidden, hidden), "q_shape");
    String k = split(p + ".k", linear(p + ".k", n, hidden, kvHeads * hd), "kv_shape");
    String v = split(p + ".v", linear(p + ".v", n, hidden, kvHeads * hd), "kv_shape");
    if (cache) {
      k = cached(p + ".past_k", k, hd);
      v = cached(p + ".past_v", v, hd);
    }
    g.node(
        "Transpose",
        p + ".kt",
        List.of(repeat(p + ".k", k)),
        Attribute.of("perm", new long[] {0, 1, 3, 2}));
    g.node("MatMul", p + ".scores", List.of(q, p + ".kt"));
    g.node("Mul", p + ".scaled", List.of(p + ".scores", "scale"));
    g.node("Softmax", p + ".probs", List.of(p + ".scaled"), Attribute.of("axis", -1));
    g.node("MatMul", p + ".mix", List.of(p + ".probs", repeat(p + ".v", v)));
    g.node(
        "Transpose",
        p + ".mix_t",
        List.of(p + ".mix"),
        Attribute.of("perm", new long[] {0, 2, 1, 3}));
    g.node("Reshape", p + ".mixed", List.of(p + ".mix_t", "o_shape"));
    return linear(p + ".o", p + ".mixed", hidden, hidden);
  }

  private String cached(String past, String now, int hd) {
    g.input(past, 2, kvHeads, 2, hd);
    g.node("Concat", past + ".present", List.of(past, now), Attribute.of("axis", 2));
    g.output(past + ".present", 2, kvHeads, SEQUENCE + 2, hd);
    return past + ".present";
  }

  private String split(String p, String value, String shape) {
    g.node("Reshape", p + ".r", List.of(value, shape));
    g.node("Transpose", p + ".t", List.of(p + ".r"), Attribute.of("perm", new long[] {0, 2, 1, 3}));
    return p + ".t";
  }

  private String repeat(String p, String value) {
    if (heads == kvHeads) {
      return value;
    }
    g.node("Unsqueeze", p + ".u", List.of(value, "i2"));
    g.node("Expand", p + ".e", List.of(p + ".u", "expanded"));
    g.node("Reshape", p + ".rep", List.of(p + ".e", "flat"));
    return p + ".rep";
  }

  private String mlp(String p, String n) {
    String gate = linear(p + ".gate", n, hidden, ffn);
    String up = linear(p + ".up", n, hidden, ffn);
    g.node("Sigmoid", p + ".sig", List.of(gate));
    g.node("Mul", p + ".silu", List.of(gate, p + ".sig"));
    g.node("Mul", p + ".act", List.of(p + ".silu", up));
    return linear(p + ".down", p + ".act", ffn, hidden);
  }

  private String linear(String p, String x, int in, int out) {
    matrix(p + ".weight", in, out, 1 / Math.sqrt(in));
    String y = p + ".y";
    g.node("MatMul", y, List.of(x, p + ".weight"));
    if (!bias) {
      return y;
    }
    g.constant(Graphs.random(p + ".bias", 0.5, out));
    g.node("Add", p + ".yb", List.of(p + ".bias", y));
    return p + ".yb";
  }

  private Normed norm(String p, String x, String y) {
    g.uniform(p + ".gain", 0.2, 2, hidden);
    String gain = p + ".gain";
    String shift = p + ".shift";
    boolean skip = !y.isEmpty() && (spelling == Spelling.SKIP || spelling == Spelling.LAYER_SKIP);
    String sum = y.isEmpty() ? x : skip ? p + ".sum" : add(p + ".sum", x, y);
    if (spelling.name().startsWith("LAYER")) {
      g.constant(Graphs.random(shift, 0.5, hidden));
    }
    switch (spelling) {
      case SKIP, LAYER_SKIP -> {
        boolean layer = spelling == Spelling.LAYER_SKIP;
        if (!skip) {
          return fused(
              p, layer ? "LayerNormalization" : "SimplifiedLayerNormalization", sum, layer);
        }
        g.node(
            Node.in(
                "com.microsoft",
                layer ? "SkipLayerNormalization" : "SkipSimplifiedLayerNormalization",
                layer ? List.of(x, y, gain, shift) : List.of(x, y, gain),
                List.of(p + ".out", "", "", sum),
                Attribute.of("epsilon", EPSILON)));
        return new Normed(p + ".out", sum);
      }
      case SIMPLIFIED -> {
        return fused(p, "SimplifiedLayerNormalization", sum, false);
      }
      case RMS -> {
        return fused(p, "RMSNormalization", sum, false);
      }
      case LAYER -> {
        return fused(p, "LayerNormalization", sum, true);
      }
      default -> {
        return spelled(p, sum);
      }
    }
  }

  private Normed fused(String p, String type, String x, boolean shift) {
    g.node(
        type,
        p + ".out",
        shift ? List.of(x, p + ".gain", p + ".shift") : List.of(x, p + ".gain"),
        Attribute.of("axis", -1),
        Attribute.of("epsilon", EPSILON));
    return new Normed(p + ".out", x);
  }

  private Normed spelled(String p, String x) {
    Attribute axes = Attribute.of("axes", new long[] {-1});
    g.floats("eps", EPSILON);
    String core = x;
    if (spelling == Spelling.LAYER_SPELLED) {
      g.node("ReduceMean", p + ".centre", List.of(x), axes);
      g.node("Sub", p + ".centred", List.of(x, p + ".centre"));
      core = p + ".centred";
    }
    if (spelling == Spelling.DIV) {
      g.node("Mul", p + ".sq", List.of(core, core));
    } else {
      g.floats("two", 2);
      g.node("Pow", p + ".sq", List.of(core, "two"));
    }
    g.node("ReduceMean", p + ".mean", List.of(p + ".sq"), axes);
    g.node("Add", p + ".var", List.of(p + ".mean", "eps"));
    switch (spelling) {
      case RECIPROCAL -> {
        g.node("Sqrt", p + ".root", List.of(p + ".var"));
        g.node("Reciprocal", p + ".inv", List.of(p + ".root"));
        g.node("Mul", p + ".unit", List.of(p + ".inv", core));
      }
      case POWER -> {
        g.constant(Tensor.scalar("minus_half", -0.5f));
        g.node("Pow", p + ".inv", List.of(p + ".var", "minus_half"));
        g.node("Mul", p + ".unit", List.of(core, p + ".inv"));
      }
      default -> {
        g.node("Sqrt", p + ".root", List.of(p + ".var"));
        g.node("Div", p + ".unit", List.of(core, p + ".root"));
      }
    }
    g.node("Mul", p + ".out", List.of(p + ".gain", p + ".unit"));
    if (spelling != Spelling.LAYER_SPELLED) {
      return new Normed(p + ".out", x);
    }
    g.node("Add", p + ".shifted", List.of(p + ".out", p + ".shift"));
    return new Normed(p + ".shifted", x);
  }

  private String add(String name, String a, String b) {
    g.node("Add", name, List.of(a, b));
    return name;
  }

  private void matrix(String name, int rows, int cols, double deviation) {
    g.constant(Graphs.random(name, deviation, rows, cols));
  }
}
