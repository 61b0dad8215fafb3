package io.compressor.samples;

import io.compressor.evaluate.RidgeProbe;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A convolutional text classifier as an ONNX graph: characters one-hot as channels of a picture [n,
 * {@value CharCodes#ALPHABET}, 1, {@value CharCodes#LENGTH}], then for each filter width Conv, ReLU
 * and a maximum over all places, then one linear layer.
 *
 * <p>Source: Kim, "Convolutional Neural Networks for Sentence Classification" (2014), on characters
 * as in Zhang, Zhao and LeCun, "Character-level Convolutional Networks for Text Classification"
 * (2015).
 */
final class CharCnn {
  /** Character codes [n, LENGTH], int64. */
  static final String INPUT = "chars";

  /** What a filter must exceed to respond at all, 1 being a perfect match. */
  private static final float THRESHOLD = 0.5f;

  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Tensor> weights = new LinkedHashMap<>();
  private final List<String> pooled = new ArrayList<>();
  private int filters;

  private CharCnn(Map<Integer, float[][]> byWidth) {
    picture();
    byWidth.forEach(this::branch);
    nodes.add(Node.of("Concat", pooled, List.of("joined"), Attribute.of("axis", 1L)));
    nodes.add(Node.of("Flatten", List.of("joined"), List.of("features")));
  }

  /**
   * The convolutions alone.
   *
   * @param byWidth filters [count][width · ALPHABET] of each width
   * @return a model whose output [n, all filters] says how well each filter matched somewhere
   */
  static Model features(Map<Integer, float[][]> byWidth) {
    CharCnn cnn = new CharCnn(byWidth);
    return cnn.model("features", cnn.filters);
  }

  /** The classifier: its output [n, classes] is largest for the most likely class. */
  static Model classifier(Map<Integer, float[][]> byWidth, RidgeProbe head) {
    CharCnn cnn = new CharCnn(byWidth);
    int classes = head.bias().length;
    float[] weight = new float[classes * cnn.filters];
    float[] bias = new float[classes];
    for (int c = 0; c < classes; c++) {
      bias[c] = (float) head.bias()[c];
      for (int i = 0; i < cnn.filters; i++) {
        weight[c * cnn.filters + i] = (float) head.weights()[c][i];
      }
    }
    String w = cnn.weight("head.weight", weight, classes, cnn.filters);
    String b = cnn.weight("head.bias", bias, classes);
    Attribute stored = Attribute.of("transB", 1L);
    cnn.nodes.add(
        Node.of("Gemm", List.of("features", w, b), List.of("logits"), stored).withName("head"));
    return cnn.model("logits", classes);
  }

  private void picture() {
    int n = CharCodes.ALPHABET;
    float[] oneHot = new float[n * n];
    for (int i = 1; i < n; i++) { // the end of a text stays dark
      oneHot[i * n + i] = 1;
    }
    nodes.add(Node.of("Gather", List.of(weight("alphabet", oneHot, n, n), INPUT), List.of("rows")));
    Attribute channelsFirst = Attribute.of("perm", new long[] {0, 2, 1});
    nodes.add(Node.of("Transpose", List.of("rows"), List.of("channels"), channelsFirst));
    weights.put("height", Tensor.ofLongs("height", new long[] {1}, 2));
    nodes.add(Node.of("Unsqueeze", List.of("channels", "height"), List.of("picture")));
  }

  /** Conv, ReLU and maximum for the filters of one width. */
  private void branch(int width, float[][] rows) {
    int n = CharCodes.ALPHABET;
    float[] weight = new float[rows.length * n * width];
    float[] bias = new float[rows.length];
    float perfect = (float) Math.sqrt(width);
    for (int k = 0; k < rows.length; k++) {
      bias[k] = -THRESHOLD;
      for (int at = 0; at < width; at++) {
        for (int c = 0; c < n; c++) {
          weight[(k * n + c) * width + at] = rows[k][at * n + c] / perfect;
        }
      }
    }
    String name = "conv" + width;
    String w = weight(name + ".weight", weight, rows.length, n, 1, width);
    String b = weight(name + ".bias", bias, rows.length);
    nodes.add(
        Node.of("Conv", List.of("picture", w, b), List.of(name + ".raw"), kernel(width))
            .withName(name));
    nodes.add(Node.of("Relu", List.of(name + ".raw"), List.of(name + ".on")));
    nodes.add(
        Node.of(
            "MaxPool",
            List.of(name + ".on"),
            List.of(name + ".max"),
            kernel(CharCodes.LENGTH - width + 1)));
    pooled.add(name + ".max");
    filters += rows.length;
  }

  private Model model(String output, long width) {
    Graph graph =
        new Graph(
            "char-cnn",
            nodes,
            weights,
            List.of(),
            List.of(value(INPUT, ElementType.INT64, CharCodes.LENGTH)),
            List.of(value(output, ElementType.FLOAT, width)),
            List.of(),
            Bytes.empty());
    return Model.of(10, 17, graph);
  }

  private String weight(String name, float[] values, long... dims) {
    weights.put(name, Tensor.ofFloats(name, dims, values));
    return name;
  }

  private static Attribute kernel(long width) {
    return Attribute.of("kernel_shape", new long[] {1, width});
  }

  private static Value value(String name, ElementType type, long width) {
    return Value.of(
        name, new TensorType(type, Optional.of(List.of(new Dim.Named("n"), new Dim.Fixed(width)))));
  }
}
