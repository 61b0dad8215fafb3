package io.compressor.statistics.importance;

import io.compressor.graph.GraphEditor;
import io.compressor.ir.Attribute;
import io.compressor.ir.Bytes;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.statistics.MemoryData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Small transformer blocks x [batch, length, 32] → attention → + x → y, and ragged data for them.
 */
record Blocks(long opset, int heads, int keyHeads, boolean causal, boolean masked) {
  static final int WIDTH = 32;

  private static final long[] NONE = {};

  int headSize() {
    return WIDTH / heads;
  }

  /** Attention spelled out, its probabilities called a. */
  Model model() {
    List<Node> n = new ArrayList<>();
    n.add(Node.of("MatMul", List.of("x", "wq"), List.of("q")));
    n.add(Node.of("MatMul", List.of("x", "wk"), List.of("k")));
    n.add(Node.of("MatMul", List.of("x", "wv"), List.of("v")));
    split(n, "q", "heads", false);
    split(n, "k", "keyHeads", true);
    split(n, "v", "keyHeads", true);
    n.add(
        Node.of(
            "Transpose",
            List.of("k.all"),
            List.of("kT"),
            Attribute.of("perm", new long[] {0, 1, 3, 2})));
    n.add(Node.of("MatMul", List.of("q.h", "kT"), List.of("qk")));
    n.add(Node.of("Mul", List.of("qk", "scale"), List.of("scores")));
    n.addAll(mask());
    n.add(Node.of("Softmax", List.of("masked"), List.of("a"), Attribute.of("axis", 3L)));
    n.add(Node.of("MatMul", List.of("a", "v.all"), List.of("o")));
    n.add(
        Node.of(
            "Transpose",
            List.of("o"),
            List.of("oT"),
            Attribute.of("perm", new long[] {0, 2, 1, 3})));
    n.add(Node.of("Reshape", List.of("oT", "flat"), List.of("context")));
    n.add(Node.of("MatMul", List.of("context", "wo"), List.of("projected")));
    n.add(Node.of("Add", List.of("x", "projected"), List.of("y")));
    return around(n, "y");
  }

  private void split(List<Node> n, String x, String shape, boolean repeat) {
    n.add(Node.of("Reshape", List.of(x, shape), List.of(x + ".r")));
    n.add(
        Node.of(
            "Transpose",
            List.of(x + ".r"),
            List.of(x + ".h"),
            Attribute.of("perm", new long[] {0, 2, 1, 3})));
    if (repeat) {
      n.add(
          Node.of(
              "Gather",
              List.of(x + ".h", "groups"),
              List.of(x + ".all"),
              Attribute.of("axis", 1L)));
    }
  }

  private List<Node> mask() {
    List<Node> n = new ArrayList<>();
    n.add(Node.of("Shape", List.of("x"), List.of("x.shape")));
    n.add(Node.of("Gather", List.of("x.shape", "one"), List.of("t")));
    n.add(Node.of("Range", List.of("zero", "t", "one"), List.of("column")));
    n.add(Node.of("Reshape", List.of("column", "upright"), List.of("row")));
    n.add(Node.of("Less", List.of("row", "column"), List.of("later")));
    n.add(Node.of("Where", List.of("later", "far", "nothing"), List.of("causal")));
    n.add(
        causal
            ? Node.of("Add", List.of("scores", "causal"), List.of("ordered"))
            : Node.of("Identity", List.of("scores"), List.of("ordered")));
    if (masked) {
      n.add(Node.of("Cast", List.of("attention_mask"), List.of("real"), Attribute.of("to", 9L)));
      n.add(Node.of("Reshape", List.of("real", "keys"), List.of("realKeys")));
      n.add(Node.of("Where", List.of("realKeys", "nothing", "far"), List.of("padding")));
      n.add(Node.of("Add", List.of("ordered", "padding"), List.of("masked")));
    } else {
      n.add(Node.of("Identity", List.of("ordered"), List.of("masked")));
    }
    return n;
  }

  /** The same inputs and weights around other nodes. */
  Model around(List<Node> nodes, String... outputs) {
    List<Dim> tokens = List.of(new Dim.Named("batch"), new Dim.Named("length"));
    List<Dim> wide = new ArrayList<>(tokens);
    wide.add(new Dim.Fixed(WIDTH));
    Graph graph =
        new Graph(
            "block",
            nodes,
            constants(),
            List.of(),
            List.of(
                Value.of("x", new TensorType(ElementType.FLOAT, Optional.of(wide))),
                Value.of("attention_mask", new TensorType(ElementType.INT64, Optional.of(tokens))),
                Value.of("input_ids", new TensorType(ElementType.INT64, Optional.of(tokens)))),
            Arrays.stream(outputs).map(o -> new Value(o, Optional.empty(), Bytes.empty())).toList(),
            List.of(),
            Bytes.empty());
    // without the weights that nothing reads
    return new GraphEditor(Model.of(8, opset, graph).withOpset("com.microsoft", 1)).build();
  }

  private Map<String, Tensor> constants() {
    int keys = keyHeads * headSize();
    Map<String, Tensor> all = new LinkedHashMap<>();
    put(all, noise("wq", 1, WIDTH, WIDTH));
    put(all, noise("wk", 2, WIDTH, keys));
    put(all, noise("wv", 3, WIDTH, keys));
    put(all, noise("wo", 4, WIDTH, WIDTH));
    put(all, noise("bias", 5, 3 * WIDTH));
    put(all, Tensor.ofFloats("no bias", new long[] {3 * WIDTH}, new float[3 * WIDTH]));
    put(all, noise("cos", 6, 64, headSize() / 2));
    put(all, noise("sin", 7, 64, headSize() / 2));
    put(all, joined(all.get("wq"), all.get("wk"), all.get("wv")));
    put(all, noise("relative", 8, 1, 1, 8, 8));
    put(all, noise("past", 9, 1, 2, 3, 8));
    put(all, Tensor.ofLongs("flatMask", new long[] {1}, -1));
    put(all, Tensor.ofInts("oneInt", NONE, 1));
    put(all, Tensor.ofLongs("second", new long[] {1}, 1));
    put(all, Tensor.scalar("scale", (float) (1 / Math.sqrt(headSize()))));
    put(all, Tensor.scalar("far", -1e9f));
    put(all, Tensor.scalar("nothing", 0));
    put(all, Tensor.ofLongs("zero", NONE, 0));
    put(all, Tensor.ofLongs("one", NONE, 1));
    put(all, Tensor.ofLongs("upright", new long[] {2}, -1, 1));
    put(all, Tensor.ofLongs("queries", new long[] {4}, 0, 1, -1, 1));
    put(all, Tensor.ofLongs("keys", new long[] {4}, 0, 1, 1, -1));
    put(all, Tensor.ofLongs("heads", new long[] {4}, 0, 0, heads, headSize()));
    put(all, Tensor.ofLongs("keyHeads", new long[] {4}, 0, 0, keyHeads, headSize()));
    put(all, Tensor.ofLongs("flat", new long[] {3}, 0, 0, WIDTH));
    long[] groups = new long[heads];
    for (int h = 0; h < heads; h++) {
      groups[h] = h / (heads / keyHeads);
    }
    put(all, Tensor.ofLongs("groups", new long[] {heads}, groups));
    return all;
  }

  /** wqkv [32, q + k + v]. */
  private static Tensor joined(Tensor... parts) {
    int width = Arrays.stream(parts).mapToInt(p -> (int) p.dims()[1]).sum();
    float[] all = new float[WIDTH * width];
    int from = 0;
    for (Tensor part : parts) {
      int columns = (int) part.dims()[1];
      for (int r = 0; r < WIDTH; r++) {
        System.arraycopy(part.toFloats(), r * columns, all, r * width + from, columns);
      }
      from += columns;
    }
    return Tensor.ofFloats("wqkv", new long[] {WIDTH, width}, all);
  }

  private static void put(Map<String, Tensor> all, Tensor tensor) {
    all.put(tensor.name(), tensor);
  }

  /** Texts of these lengths; a batch of several is padded. */
  static MemoryData data(int... lengths) {
    List<Map<String, Tensor>> all = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      int n = lengths[i];
      long[] ones = new long[n];
      Arrays.fill(ones, 1);
      long[] ids = new long[n];
      for (int t = 0; t < n; t++) {
        ids[t] = (t * t + i) % 5;
      }
      Map<String, Tensor> sample = new LinkedHashMap<>();
      sample.put("x", noise("x", 100 + i, n, WIDTH));
      sample.put("attention_mask", Tensor.ofLongs("attention_mask", new long[] {n}, ones));
      sample.put("input_ids", Tensor.ofLongs("input_ids", new long[] {n}, ids));
      all.add(sample);
    }
    return MemoryData.of(all);
  }

  static Tensor noise(String name, long seed, long... dims) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[(int) Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble() * 2 - 1);
    }
    return Tensor.ofFloats(name, dims, values);
  }

  static Map<String, Tensor> run(Model model, Map<String, Tensor> feeds) {
    try (RuntimeSession session = RuntimeSession.open(model, SessionSettings.withThreads(1))) {
      return session.run(feeds);
    }
  }

  static float[] run(Model model, String output, Map<String, Tensor> feeds) {
    try (RuntimeSession session = RuntimeSession.open(model, SessionSettings.withThreads(1))) {
      return session.run(feeds, List.of(output)).get(output).toFloats();
    }
  }
}
