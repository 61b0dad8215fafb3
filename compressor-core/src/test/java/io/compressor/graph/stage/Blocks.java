package io.compressor.graph.stage;

import io.compressor.graph.Graphs;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.List;

/** Small models of the shapes that exporters write: decoders, encoders, image networks. */
public final class Blocks {
  public static final int WIDTH = 16;
  public static final int INNER = 24;
  public static final int VOCABULARY = 50;

  private static final int LONGEST = 32;

  private final Graphs g = Graphs.graph();

  private Blocks() {}

  /** Where the rotary table of a decoder comes from. */
  public enum Rotary {
    /** Cut from a table by the length: follows from the model's inputs. */
    SLICED,
    /** Looked up by position, as a weight is. */
    GATHERED
  }

  /** What a decoder multiplies the last hidden state with. */
  public enum Head {
    OWN,
    /** The embedding, transposed by a node. */
    TIED
  }

  /** input_ids [1, n] → embedding → RMSNorm blocks with rotary attention and SwiGLU → head. */
  public static Model decoder(int blocks, Rotary rotary, Head head) {
    Blocks b = new Blocks();
    b.g.input("input_ids", ElementType.INT64, 1, -1);
    b.decoderGlobals(rotary);
    b.g.weight("model.embed.weight", VOCABULARY, WIDTH);
    b.node("Gather", "h", "model.embed.weight", "input_ids");
    String x = "h";
    for (int i = 0; i < blocks; i++) {
      x = b.decoderBlock("model.layers." + i, x);
    }
    b.norm("final", x);
    if (head == Head.OWN) {
      b.weight("lm_head.weight", WIDTH, VOCABULARY);
      b.node("MatMul", "logits", "final", "lm_head.weight");
    } else {
      b.node("Transpose", "tied", "model.embed.weight");
      b.node("MatMul", "logits", "final", "tied");
    }
    b.g.output("logits", 1, -1, VOCABULARY);
    return b.g.model(17);
  }

  /** As {@link #decoder}, with each residual sum and the norm after it in one fused node. */
  public static Model fusedDecoder(int blocks) {
    Blocks b = new Blocks();
    b.g.input("input_ids", ElementType.INT64, 1, -1);
    b.decoderGlobals(Rotary.SLICED);
    b.g.weight("model.embed.weight", VOCABULARY, WIDTH);
    b.node("Gather", "h", "model.embed.weight", "input_ids");
    b.norm("model.layers.0/norm1", "h");
    String residual = "h";
    for (int i = 0; i < blocks; i++) {
      String p = "model.layers." + i;
      b.attentionLayers(p);
      b.skipNorm(p + "/norm2", residual, p + "/o", p + "/middle");
      b.feedForward(p);
      boolean last = i + 1 == blocks;
      String next = last ? "final" : "model.layers." + (i + 1) + "/norm1";
      residual = last ? "" : p + "/out";
      b.skipNorm(next, p + "/middle", p + "/down", residual);
    }
    b.weight("lm_head.weight", WIDTH, VOCABULARY);
    b.node("MatMul", "logits", "final", "lm_head.weight");
    b.g.output("logits", 1, -1, VOCABULARY);
    return b.g.model(17).withOpset("com.microsoft", 1);
  }

  /**
   * @param sum name of x + skip, or empty
   */
  private void skipNorm(String out, String x, String skip, String sum) {
    g.uniform(out + ".gain", 0.5, 1.5, WIDTH);
    g.node(
        Node.in(
            "com.microsoft",
            "SkipSimplifiedLayerNormalization",
            List.of(x, skip, out + ".gain"),
            sum.isEmpty() ? List.of(out) : List.of(out, "", "", sum),
            Attribute.of("epsilon", 1e-5f)));
  }

  private void decoderGlobals(Rotary rotary) {
    g.longs("zero", 0).longs("one", 1).longs("two", 2);
    g.constant(Tensor.ofLongs("zero_s", new long[0], 0));
    g.constant(Tensor.ofLongs("one_s", new long[0], 1));
    g.constant(Tensor.scalar("low", -1e4f)).constant(Tensor.scalar("nothing", 0));
    g.constant(Tensor.scalar("eps", 1e-5f)).constant(Tensor.scalar("scale", 0.25f));
    g.weight("rope.cos", LONGEST, WIDTH).weight("rope.sin", LONGEST, WIDTH);
    node("Shape", "shape", "input_ids");
    node("Slice", "length", "shape", "one", "two");
    node("Squeeze", "n", "length");
    node("Range", "range", "zero_s", "n", "one_s");
    node("Unsqueeze", "row", "range", "zero");
    node("Unsqueeze", "column", "range", "one");
    node("Greater", "ahead", "row", "column");
    node("Where", "mask", "ahead", "low", "nothing");
    if (rotary == Rotary.SLICED) {
      node("Slice", "cos", "rope.cos", "zero", "length");
      node("Slice", "sin", "rope.sin", "zero", "length");
    } else {
      node("Gather", "cos", "rope.cos", "range");
      node("Gather", "sin", "rope.sin", "range");
    }
  }

  private String decoderBlock(String p, String x) {
    norm(p + "/norm1", x);
    attentionLayers(p);
    node("Add", p + "/middle", x, p + "/o");
    norm(p + "/norm2", p + "/middle");
    feedForward(p);
    node("Add", p + "/out", p + "/middle", p + "/down");
    return p + "/out";
  }

  private void attentionLayers(String p) {
    for (String part : List.of("q", "k", "v")) {
      weight(p + "." + part + ".weight", WIDTH, WIDTH);
      node("MatMul", p + "/" + part, p + "/norm1", p + "." + part + ".weight");
    }
    rotate(p + "/q");
    rotate(p + "/k");
    attention(p, p + "/q/turned", p + "/k/turned", p + "/v", "mask");
    weight(p + ".o.weight", WIDTH, WIDTH);
    node("MatMul", p + "/o", p + "/context", p + ".o.weight");
  }

  private void feedForward(String p) {
    weight(p + ".gate.weight", WIDTH, INNER);
    weight(p + ".up.weight", WIDTH, INNER);
    weight(p + ".down.weight", INNER, WIDTH);
    node("MatMul", p + "/gate", p + "/norm2", p + ".gate.weight");
    node("MatMul", p + "/up", p + "/norm2", p + ".up.weight");
    node("Sigmoid", p + "/sigmoid", p + "/gate");
    node("Mul", p + "/silu", p + "/gate", p + "/sigmoid");
    node("Mul", p + "/product", p + "/silu", p + "/up");
    node("MatMul", p + "/down", p + "/product", p + ".down.weight");
  }

  /**
   * input_ids, attention_mask [1, n] → word and position tables → LayerNorm → post-norm blocks with
   * biases and nameless weights → pooler.
   */
  public static Model encoder(int blocks) {
    Blocks b = new Blocks();
    b.g.input("input_ids", ElementType.INT64, 1, -1);
    b.g.input("attention_mask", ElementType.INT64, 1, -1);
    b.g.longs("zero", 0).longs("one", 1).longs("two", 2);
    b.g.constant(Tensor.scalar("low", -1e4f)).constant(Tensor.scalar("unit", 1));
    b.g.constant(Tensor.scalar("scale", 0.25f));
    long[] all = new long[LONGEST];
    for (int i = 0; i < LONGEST; i++) {
      all[i] = i;
    }
    b.g.longs("positions", all);
    b.g.weight("words.weight", VOCABULARY, WIDTH).weight("places.weight", LONGEST, WIDTH);
    b.g.node("Cast", "real", List.of("attention_mask"), Attribute.of("to", 1L));
    b.node("Sub", "padding", "unit", "real");
    b.node("Mul", "away", "padding", "low");
    b.node("Unsqueeze", "mask", "away", "one");
    b.node("Gather", "word", "words.weight", "input_ids");
    b.node("Shape", "shape", "input_ids");
    b.node("Slice", "length", "shape", "one", "two");
    b.node("Slice", "place_ids", "positions", "zero", "length");
    b.node("Gather", "place", "places.weight", "place_ids");
    b.node("Add", "sum", "word", "place");
    b.layerNorm("embedded", "sum");
    String x = "embedded";
    for (int i = 0; i < blocks; i++) {
      x = b.encoderBlock(i, x);
    }
    b.node("Gather", "first", x, "zero_index");
    b.g.constant(Tensor.ofLongs("zero_index", new long[0], 0));
    b.linear("pooler", 990, "first", WIDTH, WIDTH);
    b.node("Tanh", "pooled", "pooler");
    b.g.output("pooled", -1, WIDTH);
    return b.g.model(17);
  }

  private String encoderBlock(int i, String x) {
    String p = "layer." + i;
    linear(p + ".query", 10 * i, x, WIDTH, WIDTH);
    linear(p + ".key", 10 * i + 1, x, WIDTH, WIDTH);
    linear(p + ".value", 10 * i + 2, x, WIDTH, WIDTH);
    attention(p, p + ".query", p + ".key", p + ".value", "mask");
    linear(p + ".dense", 10 * i + 3, p + "/context", WIDTH, WIDTH);
    node("Add", p + "/middle", p + ".dense", x);
    layerNorm(p + "/norm1", p + "/middle");
    linear(p + ".wide", 10 * i + 4, p + "/norm1", WIDTH, INNER);
    node("Relu", p + "/relu", p + ".wide");
    linear(p + ".narrow", 10 * i + 5, p + "/relu", INNER, WIDTH);
    node("Add", p + "/sum", p + ".narrow", p + "/norm1");
    layerNorm(p + "/out", p + "/sum");
    return p + "/out";
  }

  /** Conv, two residual blocks, pooling, Gemm over [2, 3, 12, 12]. */
  public static Model images() {
    Blocks b = new Blocks();
    b.g.input("x", 2, 3, 12, 12);
    b.conv("stem", "x", 3, 8);
    b.node("Relu", "r", "stem");
    String x = "r";
    for (int i = 0; i < 2; i++) {
      String p = "block" + i;
      b.conv(p + ".a", x, 8, 8);
      b.node("Relu", p + "/r", p + ".a");
      b.conv(p + ".b", p + "/r", 8, 8);
      b.node("Add", p + "/sum", p + ".b", x);
      b.node("Relu", p + "/out", p + "/sum");
      x = p + "/out";
    }
    b.node("GlobalAveragePool", "pool", x);
    b.node("Flatten", "flat", "pool");
    b.g.weight("fc.weight", 8, 5).weight("fc.bias", 5);
    b.node("Gemm", "y", "flat", "fc.weight", "fc.bias");
    b.g.output("y", 2, 5);
    return b.g.model(17);
  }

  /** Every layer reads all layers before it: nowhere is only one value alive. */
  public static Model dense(int layers) {
    Blocks b = new Blocks();
    b.g.input("x", 4, WIDTH);
    b.g.weight("w_in", WIDTH, WIDTH);
    b.node("MatMul", "h0", "x", "w_in");
    b.g.weight("w_other", WIDTH, WIDTH);
    b.node("MatMul", "z0", "x", "w_other");
    for (int i = 1; i < layers; i++) {
      b.weight("w" + i, WIDTH, WIDTH);
      b.weight("v" + i, WIDTH, WIDTH);
      b.node("MatMul", "m" + i, "h" + (i - 1), "w" + i);
      b.node("Add", "h" + i, "m" + i, "z" + (i - 1));
      b.node("MatMul", "n" + i, "z" + (i - 1), "v" + i);
      b.node("Add", "z" + i, "n" + i, "h" + (i - 1));
    }
    b.node("Add", "y", "h" + (layers - 1), "z" + (layers - 1));
    b.g.output("y", 4, WIDTH);
    return b.g.model(17);
  }

  /** y = (x·w + b)·w + b …: a chain whose biases are nodes of their own. */
  public static Model chain(int layers) {
    Blocks b = new Blocks();
    b.g.input("x", 4, WIDTH);
    String x = "x";
    for (int i = 0; i < layers; i++) {
      b.linear("layer" + i + ".dense", i, x, WIDTH, WIDTH);
      x = "layer" + i + ".dense";
    }
    b.g.output(x, 4, WIDTH);
    return b.g.model(17);
  }

  private void attention(String p, String q, String k, String v, String mask) {
    g.node("Transpose", p + "/kt", List.of(k), Attribute.of("perm", new long[] {0, 2, 1}));
    node("MatMul", p + "/scores", q, p + "/kt");
    node("Mul", p + "/scaled", p + "/scores", "scale");
    node("Add", p + "/masked", p + "/scaled", mask);
    g.node("Softmax", p + "/attention", List.of(p + "/masked"), Attribute.of("axis", -1L));
    node("MatMul", p + "/context", p + "/attention", v);
  }

  private void rotate(String x) {
    node("Mul", x + "/cos", x, "cos");
    node("Neg", x + "/negative", x);
    node("Mul", x + "/sin", x + "/negative", "sin");
    node("Add", x + "/turned", x + "/cos", x + "/sin");
  }

  /** RMSNorm in the operators that exporters spell it with. */
  private void norm(String out, String x) {
    node("Mul", out + "/square", x, x);
    g.node(
        "ReduceMean",
        out + "/mean",
        List.of(out + "/square"),
        Attribute.of("axes", new long[] {-1}));
    node("Add", out + "/eps", out + "/mean", "eps");
    node("Sqrt", out + "/root", out + "/eps");
    g.uniform(out + ".gain", 0.5, 1.5, WIDTH);
    node("Div", out + "/unit", x, out + "/root");
    node("Mul", out, out + "/unit", out + ".gain");
  }

  private void layerNorm(String out, String x) {
    g.uniform(out + ".gain", 0.5, 1.5, WIDTH);
    g.constant(Graphs.random(out + ".shift", 0.1, WIDTH));
    node("LayerNormalization", out, x, out + ".gain", out + ".shift");
  }

  private void linear(String out, int number, String x, int in, int width) {
    String weight = "onnx::MatMul_" + (100 + number);
    weight(weight, in, width);
    g.constant(Graphs.random(out + ".bias", 0.1, width));
    node("MatMul", out + "/product", x, weight);
    node("Add", out, out + "/product", out + ".bias");
  }

  private void conv(String name, String x, int in, int out) {
    g.constant(Graphs.random(name + ".weight", 1 / Math.sqrt(9 * in), out, in, 3, 3));
    g.constant(Graphs.random(name + ".bias", 0.1, out));
    g.node(
        Node.of(
                "Conv",
                List.of(x, name + ".weight", name + ".bias"),
                List.of(name),
                Attribute.of("pads", new long[] {1, 1, 1, 1}))
            .withName(name + "_node"));
  }

  private void weight(String name, int in, int out) {
    g.constant(Graphs.random(name, 1 / Math.sqrt(in), in, out));
  }

  private void node(String type, String out, String... ins) {
    g.node(type, out, List.of(ins));
  }
}
