package io.compressor.samples;

import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.ir.Attribute;
import io.compressor.ir.Bytes;
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
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A decoder of two pre-norm blocks with random weights, {@code input_ids [1, n]} to {@code logits},
 * a tokenizer of words {@code w0} to {@code w59} beside it, and text of these words.
 */
public final class TinyDecoder {
  static final int VOCABULARY = 64;
  private static final int WIDTH = 64;
  private static final int BLOCKS = 2;

  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Tensor> weights = new LinkedHashMap<>();
  private final List<Value> inputs = new ArrayList<>();
  private final List<Value> outputs = new ArrayList<>();
  private final boolean cached;

  private TinyDecoder(boolean cached) {
    this.cached = cached;
  }

  /** Reads the whole prefix each time. */
  public static Path plain(Path file) throws IOException {
    return write(new TinyDecoder(false), file);
  }

  /** The same weights with {@code past_key_values} in and {@code present} out. */
  static Path cached(Path file) throws IOException {
    return write(new TinyDecoder(true), file);
  }

  /** Lines of words, the next word often the one that follows in number. */
  public static Path text(Path file, int lines) throws IOException {
    SplittableRandom random = new SplittableRandom(lines);
    List<String> text = new ArrayList<>();
    for (int l = 0; l < lines; l++) {
      int[] word = {random.nextInt(60)};
      text.add(
          IntStream.range(0, 16)
              .mapToObj(i -> "w" + word[0])
              .peek(w -> word[0] = (word[0] + random.nextInt(3)) % 60)
              .collect(Collectors.joining(" ")));
    }
    return Files.write(file, text);
  }

  private static Path write(TinyDecoder decoder, Path file) throws IOException {
    String words =
        IntStream.range(0, 60)
            .mapToObj(i -> "\"w%d\": %d".formatted(i, i + 4))
            .collect(Collectors.joining(", "));
    Files.writeString(
        file.resolveSibling("tokenizer.json"),
        """
        {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
         "normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null,
         "decoder": null,
         "model": {"type": "WordLevel", "unk_token": "[UNK]",
                   "vocab": {"[UNK]": 0, "a": 1, "b": 2, "c": 3, %s}}}
        """
            .formatted(words));
    return Files.write(file, OnnxWriter.toBytes(decoder.model()));
  }

  private Model model() {
    inputs.add(Value.of("input_ids", TensorType.of(ElementType.INT64, 1, -1)));
    longs("first", 0);
    longs("second", 1);
    longs("third", 2);
    longs("fourth", 3);
    weights.put("from", Tensor.ofLongs("from", new long[0], 0));
    weights.put("step", Tensor.ofLongs("step", new long[0], 1));
    weights.put("low", Tensor.scalar("low", -1e4f));
    weights.put("nothing", Tensor.scalar("nothing", 0));
    weights.put("scale", Tensor.scalar("scale", 0.4f));
    String[] caches = new String[2 * BLOCKS];
    for (int i = 0; i < caches.length; i++) {
      caches[i] = "past_key_values." + i / 2 + (i % 2 == 0 ? ".key" : ".value");
      if (cached) {
        inputs.add(Value.of(caches[i], TensorType.of(ElementType.FLOAT, 1, 1, -1, WIDTH)));
      }
    }
    mask();
    matrix("embed.weight", 1, VOCABULARY, WIDTH);
    node("Gather", "h", "embed.weight", "input_ids");
    String x = "h";
    for (int i = 0; i < BLOCKS; i++) {
      x = block("model.layers." + i, x, caches[2 * i], caches[2 * i + 1]);
    }
    norm("final", x);
    outputs.add(Value.of("logits", TensorType.of(ElementType.FLOAT, 1, -1, VOCABULARY)));
    linear("logits", "final", "lm_head", WIDTH, VOCABULARY);
    if (cached) {
      for (String cache : caches) {
        String present = cache.replace("past_key_values", "present");
        outputs.add(Value.of(present, TensorType.of(ElementType.FLOAT, 1, 1, -1, WIDTH)));
      }
    }
    return Model.of(
        9,
        17,
        new Graph("decoder", nodes, weights, List.of(), inputs, outputs, List.of(), Bytes.empty()));
  }

  /** 0 where a token may look, -1e4 where it would see the future. */
  private void mask() {
    node("Shape", "ids_shape", "input_ids");
    node("Slice", "new1", "ids_shape", "second", "third");
    node("Squeeze", "new", "new1");
    if (cached) {
      node("Shape", "cache_shape", "past_key_values.0.key");
      node("Slice", "past1", "cache_shape", "third", "fourth");
      node("Squeeze", "past", "past1");
      node("Add", "total", "past", "new");
    } else {
      node("Sub", "past", "new", "new");
      node("Identity", "total", "new");
    }
    node("Range", "rows", "past", "total", "step");
    node("Range", "columns", "from", "total", "step");
    node("Unsqueeze", "row", "rows", "second");
    node("Greater", "ahead", "columns", "row");
    node("Where", "mask", "ahead", "low", "nothing");
  }

  private String block(String p, String x, String pastKey, String pastValue) {
    norm(p + "/norm1", x);
    for (String part : List.of("q", "k", "v")) {
      linear(p + "/" + part, p + "/norm1", p + "." + part, WIDTH, WIDTH);
      node("Unsqueeze", p + "/" + part + "4", p + "/" + part, "second");
    }
    String key = remembered(p + "/k4", pastKey);
    String value = remembered(p + "/v4", pastValue);
    add("Transpose", p + "/kt", List.of(key), Attribute.of("perm", new long[] {0, 1, 3, 2}));
    node("MatMul", p + "/scores", p + "/q4", p + "/kt");
    node("Mul", p + "/scaled", p + "/scores", "scale");
    node("Add", p + "/masked", p + "/scaled", "mask");
    add("Softmax", p + "/attention", List.of(p + "/masked"), Attribute.of("axis", -1L));
    node("MatMul", p + "/context4", p + "/attention", value);
    node("Squeeze", p + "/context", p + "/context4", "second");
    linear(p + "/o", p + "/context", p + ".o", WIDTH, WIDTH);
    node("Add", p + "/middle", x, p + "/o");
    norm(p + "/norm2", p + "/middle");
    linear(p + "/up", p + "/norm2", p + ".up", WIDTH, 2 * WIDTH);
    node("Relu", p + "/relu", p + "/up");
    linear(p + "/down", p + "/relu", p + ".down", 2 * WIDTH, WIDTH);
    node("Add", p + "/out", p + "/middle", p + "/down");
    return p + "/out";
  }

  private String remembered(String now, String past) {
    if (!cached) {
      return now;
    }
    String present = past.replace("past_key_values", "present");
    add("Concat", present, List.of(past, now), Attribute.of("axis", 2L));
    return present;
  }

  private void norm(String out, String x) {
    float[] gain = new float[WIDTH];
    Random random = new Random(out.hashCode());
    for (int i = 0; i < WIDTH; i++) {
      gain[i] = 0.5f + random.nextFloat();
    }
    weights.put(out + ".gain", Tensor.ofFloats(out + ".gain", new long[] {WIDTH}, gain));
    node("LayerNormalization", out, x, out + ".gain");
  }

  private void linear(String out, String x, String name, int in, int width) {
    matrix(name + ".weight", 1 / Math.sqrt(in), in, width);
    node("MatMul", out, x, name + ".weight");
  }

  private void matrix(String name, double deviation, int rows, int cols) {
    Random random = new Random(name.hashCode());
    float[] values = new float[rows * cols];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    weights.put(name, Tensor.ofFloats(name, new long[] {rows, cols}, values));
  }

  private void longs(String name, long value) {
    weights.put(name, Tensor.ofLongs(name, new long[] {1}, value));
  }

  private void node(String type, String out, String... ins) {
    add(type, out, List.of(ins));
  }

  private void add(String type, String out, List<String> ins, Attribute... attributes) {
    nodes.add(Node.of(type, ins, List.of(out), attributes).withName(out + "_node"));
  }
}
