package io.compressor.samples;

import io.compressor.ir.Attribute;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Convolutional nets that have learnt nothing yet, built node by node. Layers are Conv → ReLU → BN,
 * the order of ReSTE: what a layer reads then has both signs. Kernels are normal with deviation √(2
 * / inputs), norms neutral.
 */
public final class ConvNets {
  private static final long OPSET = 18;
  private static final long IR_VERSION = 8;

  private final SplittableRandom random;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();

  private ConvNets(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /**
   * LeNet's size, for grey pictures of 28 × 28.
   *
   * @return x float [n, 28, 28] with pixels 0 to 255 → logits [n, 10]; 98,000 weights
   */
  public static Model small(long seed) {
    ConvNets net = new ConvNets(seed);
    net.longs("shape", -1, 1, 28, 28);
    net.add("Reshape", List.of("x", "shape"), "grey");
    net.scaled("grey", "image");
    String a = net.pool(net.layer("a", "image", 1, 16, 1));
    String b = net.pool(net.layer("b", a, 16, 32, 1));
    String c = net.pool(net.layer("c", b, 32, 64, 1));
    net.add("Flatten", List.of(c), "flat");
    net.dense("d", "flat", 576, 128, "d/sum");
    net.add("Relu", List.of("d/sum"), "d/relu");
    String d = net.norm("d", "d/relu", 128);
    net.dense("e", d, 128, 10, "logits");
    return net.model("small", 28, 28);
  }

  /**
   * ResNet-20 of He et al. 2016 for pictures of 32 × 32, shortcuts without parameters (option A):
   * 16, 32 and 64 channels, three blocks each.
   *
   * @return x float [n, 3, 32, 32] with pixels 0 to 255 → logits [n, 10]; 270,000 weights
   */
  public static Model resNet20(long seed) {
    ConvNets net = new ConvNets(seed);
    net.scaled("x", "image");
    String x = net.layer("stem", "image", 3, 16, 1);
    int channels = 16;
    for (int stage = 0; stage < 3; stage++) {
      int wide = 16 << stage;
      for (int block = 0; block < 3; block++) {
        String name = "s" + stage + "b" + block;
        int stride = wide == channels ? 1 : 2;
        String inner = net.layer(name + "i", x, channels, wide, stride);
        String outer = net.layer(name + "o", inner, wide, wide, 1);
        x = net.add("Add", List.of(outer, net.shortcut(name, x, channels, wide)), name + "/sum");
        channels = wide;
      }
    }
    net.add("GlobalAveragePool", List.of(x), "pooled");
    net.add("Flatten", List.of("pooled"), "flat");
    net.dense("fc", net.norm("last", "flat", 64), 64, 10, "logits");
    return net.model("resnet20", 3, 32, 32);
  }

  /** Every second pixel, zeros for the new channels. */
  private String shortcut(String name, String x, int in, int out) {
    if (in == out) {
      return x;
    }
    String halved =
        add(
            "AveragePool",
            List.of(x),
            name + "/halved",
            ints("kernel_shape", 1, 1),
            ints("strides", 2, 2));
    int extra = out - in;
    longs(name + "/pads", 0, extra / 2, 0, 0, 0, extra - extra / 2, 0, 0);
    return add("Pad", List.of(halved, name + "/pads"), name + "/wide");
  }

  /** Pixels to −1 … 1. */
  private void scaled(String x, String to) {
    scalar("half", 1 / 127.5f);
    scalar("one", 1);
    add("Mul", List.of(x, "half"), to + "/halves");
    add("Sub", List.of(to + "/halves", "one"), to);
  }

  private String layer(String name, String x, int in, int out, int stride) {
    normal(name + "/kernel", Math.sqrt(2.0 / (9 * in)), out, in, 3, 3);
    add(
        "Conv",
        List.of(x, name + "/kernel"),
        name + "/conv",
        ints("kernel_shape", 3, 3),
        ints("pads", 1, 1, 1, 1),
        ints("strides", stride, stride));
    add("Relu", List.of(name + "/conv"), name + "/relu");
    return norm(name, name + "/relu", out);
  }

  private String norm(String name, String x, int channels) {
    filled(name + "/gain", 1, channels);
    filled(name + "/shift", 0, channels);
    filled(name + "/mean", 0, channels);
    filled(name + "/variance", 1, channels);
    List<String> inputs = new ArrayList<>(List.of(x));
    for (String part : List.of("gain", "shift", "mean", "variance")) {
      inputs.add(name + "/" + part);
    }
    return add("BatchNormalization", inputs, name + "/norm");
  }

  private String pool(String x) {
    return add(
        "MaxPool", List.of(x), x + "/pooled", ints("kernel_shape", 2, 2), ints("strides", 2, 2));
  }

  private void dense(String name, String x, int in, int out, String to) {
    normal(name + "/weight", Math.sqrt(2.0 / in), out, in);
    filled(name + "/bias", 0, out);
    add("Gemm", List.of(x, name + "/weight", name + "/bias"), to, Attribute.of("transB", 1L));
  }

  private String add(String op, List<String> inputs, String output, Attribute... attributes) {
    nodes.add(Node.of(op, inputs, List.of(output), attributes).withName(output));
    return output;
  }

  private static Attribute ints(String name, long... values) {
    return Attribute.of(name, values);
  }

  private void normal(String name, double deviation, long... dims) {
    float[] values = new float[(int) Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    constants.put(name, Tensor.ofFloats(name, dims, values));
  }

  private void filled(String name, float value, int count) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    constants.put(name, Tensor.ofFloats(name, new long[] {count}, values));
  }

  private void scalar(String name, float value) {
    constants.put(name, Tensor.scalar(name, value));
  }

  private void longs(String name, long... values) {
    constants.put(name, Tensor.ofLongs(name, new long[] {values.length}, values));
  }

  private Model model(String name, long... sample) {
    long[] x = new long[sample.length + 1];
    x[0] = -1;
    System.arraycopy(sample, 0, x, 1, sample.length);
    Graph graph =
        new Graph(
            name,
            nodes,
            constants,
            List.of(),
            List.of(Value.of("x", TensorType.of(ElementType.FLOAT, x))),
            List.of(Value.of("logits", TensorType.of(ElementType.FLOAT, -1, 10))),
            List.of(),
            Bytes.empty());
    return Model.of(IR_VERSION, OPSET, graph);
  }
}
